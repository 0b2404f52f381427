import type { Answering, Question, Retrieved } from '../../../pipelines/inference/ask.ts';
import type { ChatPart, Generation } from '../../../pipelines/serving/chat/port.ts';

export const question: Question = {
  text: 'What is a tombstone?',
  history: [],
  now: '2026-11-15T12:00:00Z',
};

export const text = (words: string, ...citations: number[]): ChatPart => ({
  type: 'text',
  text: words,
  citations,
});
/** What a language model took to write it. */
export const generation: Generation = {
  model: 'tgi:llama@abc+ada',
  prompt: 'hash',
  usage: { promptTokens: 900, completionTokens: 40, costUsd: 0.0002 },
  timings: { queueMs: null, inferenceMs: 12.5, firstTextMs: 80.25, totalMs: 300 },
  endpoint: 'http://127.0.0.1:8080',
  counted: { tokens: 901, exact: true },
  packed: [1, 2],
  refusedCitations: 1,
};
export const finish: ChatPart = { type: 'finish', reason: 'stop', support: 0.75, generation };

export function retrieved(asked: string): Retrieved {
  const scores = { lexical: 1.5, dense: null, rescored: 0.25, boost: 0, final: 1 };
  return {
    featureSet: 'set-1',
    understanding: {
      question: asked,
      rewritten: `${asked} (here)`,
      filters: [
        { field: 'source', value: 'blog', confidence: 0.9, words: 'on the blog' },
        {
          field: 'date',
          value: 'since 2025',
          since: '2025-01-01',
          until: null,
          confidence: 1,
          words: 'lately',
        },
      ],
      comparison: false,
      queries: ['grave marker'],
    },
    expansion: [{ term: 'marker', weight: 0.5 }],
    timings: { understand: 1.25, search: 2, total: 3.25 },
    fallbacks: [{ stage: 'rerank', reason: 'down', code: 'rerank.down' }],
    reading: { promptTokens: 200, completionTokens: 20, costUsd: null },
    passages: ['One', 'Two'].map((title, index) => ({
      scores: { ...scores, final: 1 / (index + 1) },
      windowText: async () => '',
      chunk: {
        id: `c${index}`,
        documentId: `d${title}`,
        revision: 1,
        ordinal: 0,
        start: 0,
        end: 4,
        text: 'A passage.',
        context: '',
        headingPath: [title],
        tokens: 1,
        attributes: {
          author: { id: 'ada', name: 'Ada Quill' },
          source: 'blog',
          platform: 'folder',
          kind: 'note',
          language: 'en',
          publishedAt: null,
          link: 'https://example.org/',
          title,
          origin: '/posts',
        },
      },
    })),
  };
}

/** A pipeline that says these parts, each of them once what stands before it is done. */
export function pipeline(
  parts: readonly (ChatPart | Error | Promise<unknown>)[],
  change: Partial<Answering> = {},
) {
  const seen = {
    questions: [] as Question[],
    signals: [] as AbortSignal[],
    /** Why the pipeline was stopped, where it was. */
    stopped: () => seen.signals.map(({ aborted }) => aborted),
  };
  const answering: Answering = {
    async retrieve(asked, signal) {
      seen.questions.push(asked);
      if (signal) seen.signals.push(signal);
      return retrieved(asked.text);
    },
    model: {
      name: 'test-model',
      async *stream() {
        for (const part of parts) {
          if (part instanceof Promise) await part;
          else if (part instanceof Error) throw part;
          else yield part;
        }
      },
    },
    ...change,
  };
  return { answering, seen };
}
