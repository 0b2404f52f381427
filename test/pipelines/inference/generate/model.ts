import { shippedGeneration } from '../../../../pipelines/inference/generate/settings.ts';
import type { ChatPart, ChatRequest, Passage } from '../../../../pipelines/serving/chat/port.ts';
import type {
  ChatMessage,
  Completion,
  CompletionPart,
  LanguageModel,
} from '../../../../pipelines/serving/language-model/port.ts';

export const settings = {
  ...shippedGeneration,
  voice: { author: 'Ada Quill', style: 'Short sentences.' },
};

export function passage(number: number, text: string, about: Partial<Passage> = {}): Passage {
  return { number, text, context: '', title: '', language: 'en', score: 1 / number, ...about };
}

export const tombstone = passage(
  1,
  'A tombstone marks a deleted document. The sweep removes tombstones after thirty days.',
  { context: 'Ada Quill · Notes' },
);
export const sweep = passage(2, 'Every night the sweep compares revisions and deletes leftovers.');

export function request(about: Partial<ChatRequest> = {}): ChatRequest {
  return {
    question: 'How long does a tombstone stay until the sweep deletes it?',
    history: [],
    passages: [tombstone, sweep],
    idf: () => 1,
    ...about,
  };
}

const finish: CompletionPart = {
  type: 'finish',
  reason: 'stop',
  usage: { promptTokens: 100, completionTokens: 20, costUsd: null },
  timings: { queueMs: 1, inferenceMs: 2, firstTextMs: 3, totalMs: 4 },
  endpoint: 'http://127.0.0.1:1',
};

export type Scripted = LanguageModel & {
  readonly asked: Completion[];
  readonly counts: (readonly ChatMessage[])[];
  readonly left: () => boolean;
};

/** One token a word: easy to count by hand. */
export function wordsIn(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + (content.match(/\S+/gu)?.length ?? 0), 0);
}

/** A language model that says what it is told to, piece by piece, and then ends as told. */
export function scripted(
  pieces: readonly string[],
  {
    contextTokens = 8_192,
    end = finish,
    exact = true,
    adapter = null,
  }: {
    readonly contextTokens?: number;
    readonly end?: CompletionPart | Error | null;
    readonly exact?: boolean;
    readonly adapter?: string | null;
  } = {},
): Scripted {
  const asked: Completion[] = [];
  const counts: (readonly ChatMessage[])[] = [];
  let left = false;
  return {
    identity: { engine: 'tgi', model: 'base', revision: null, adapter },
    contextTokens,
    asked,
    counts,
    left: () => left,
    async *complete(completion) {
      asked.push(completion);
      try {
        for (const text of pieces) yield { type: 'text', text };
        if (end instanceof Error) throw end;
        if (end !== null) yield end;
      } finally {
        left = true;
      }
    },
    async countTokens(messages) {
      counts.push(messages);
      return { tokens: wordsIn(messages), exact };
    },
    states: () => [],
    close: async () => undefined,
  };
}

export const cutShort = (reason: 'stop' | 'length'): CompletionPart => ({ ...finish, reason });

/** The parts as a person reads them: text, and where citations stand. */
export function drawn(parts: readonly ChatPart[]): string {
  return parts
    .map((part) => {
      if (part.type !== 'text') return '';
      return part.text + (part.citations.length > 0 ? `⟨${part.citations.join()}⟩` : '');
    })
    .join('');
}
