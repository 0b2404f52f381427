import type { ChatModel, ChatPart, ChatRequest, Generation } from '../../serving/chat/port.ts';
import type {
  CompletionPart,
  LanguageModel,
  LanguageModelIdentity,
} from '../../serving/language-model/port.ts';
import { TransientError } from '../../stores/errors.ts';
import { gate } from './gate.ts';
import {
  type AnswerPrompts,
  affinityOf,
  exchangesOf,
  loadAnswerPrompts,
  messagesOf,
  systemText,
} from './messages.ts';
import { openPacker, type Packed } from './pack.ts';
import { openReader } from './reader/reader.ts';
import type { GenerationSettings } from './settings.ts';
import { carriedBy } from './support.ts';
import { openVocabulary } from './vocabulary.ts';

type Finish = Extract<CompletionPart, { type: 'finish' }>;

/** Parts that are read after the sign that there is no answer: its end is near, and tells what it took. */
const patience = 16;

/**
 * Answers from passages with a language model, streaming: refuses where the passages carry too little, packs the rest
 * into the context, and shows of the reply what holds.
 *
 * @throws PermanentError `chat.context` when not one passage fits; TransientError `chat.empty` when the model ended
 * without saying anything; and what the language model throws
 */
export function groundedModel({
  model,
  settings,
  prompts = loadAnswerPrompts(),
}: {
  readonly model: LanguageModel;
  readonly settings: GenerationSettings;
  readonly prompts?: AnswerPrompts;
}): ChatModel {
  const named = nameOf(model.identity);
  const system = systemText(prompts, settings.voice);
  const affinity = affinityOf(system, model.identity.adapter);
  const pack = openPacker(model, settings.safetyTokens);
  const vocabulary = openVocabulary();

  return {
    name: `${named}/${prompts.hash.slice(0, 12)}`,
    async *stream(request, signal) {
      const { open, support } = gate(request, vocabulary, settings.leastSupport);
      if (!open) {
        yield { type: 'finish', reason: 'unsupported', support };
        return;
      }
      const maxTokens = replyTokens(settings, request, model.contextTokens);
      const packed = await pack(
        {
          passages: request.passages,
          exchanges: exchangesOf(request.history),
          messages: (exchanges, passages) =>
            messagesOf(prompts, system, exchanges.flat(), passages, request),
          replyTokens: maxTokens,
        },
        signal,
      );
      const { temperature, seed } = settings;
      const reply = model.complete(
        {
          messages: packed.messages,
          maxTokens,
          temperature,
          affinity,
          ...(seed !== null && { seed }),
        },
        signal,
      );
      yield* read(reply, packed, {
        question: request.question,
        startsThinking: settings.startsThinking,
        unsupported: support,
        carried: (said, cited) =>
          carriedBy(
            said,
            packed.passages.filter(({ number }) => cited.has(number)),
            vocabulary,
          ),
        record: (finish, refused) => ({
          model: named,
          prompt: prompts.hash,
          usage: finish.usage,
          timings: finish.timings,
          endpoint: finish.endpoint,
          counted: packed.counted,
          packed: packed.passages.map(({ number }) => number),
          refusedCitations: refused,
        }),
      });
    },
  };
}

type Reading = {
  readonly question: string;
  readonly startsThinking: boolean;
  readonly unsupported: number | null;
  readonly carried: (said: string, cited: ReadonlySet<number>) => number | null;
  readonly record: (finish: Finish, refusedCitations: number) => Generation;
};

async function* read(
  reply: AsyncIterable<CompletionPart>,
  { passages }: Packed,
  { question, startsThinking, unsupported, carried, record }: Reading,
): AsyncGenerator<ChatPart> {
  const reader = openReader({ passages, question, startsThinking });
  const cited = new Set<number>();
  let said = '';
  let waited = 0;
  const note = (part: ChatPart) => {
    if (part.type !== 'text') return;
    said += part.text;
    for (const number of part.citations) cited.add(number);
  };
  for await (const part of reply) {
    const texts = part.type === 'text' ? reader.push(part.text) : reader.end();
    for (const text of texts) {
      note(text);
      yield text;
    }
    if (reader.saysNoAnswer()) {
      waited += 1;
      if (part.type === 'text' && waited < patience) continue;
      const generation = part.type === 'finish' ? record(part, reader.refused()) : undefined;
      yield {
        type: 'finish',
        reason: 'unsupported',
        support: unsupported,
        ...(generation && { generation }),
      };
      return;
    }
    if (part.type === 'text') continue;
    if (said.trim() === '') throw empty(part.reason);
    yield {
      type: 'finish',
      reason: part.reason,
      support: carried(said, cited),
      generation: record(part, reader.refused()),
    };
    return;
  }
  throw new TransientError('The model’s reply ended without finishing.', {
    code: 'chat.unfinished',
  });
}

function empty(reason: Finish['reason']): TransientError {
  return new TransientError('The model ended its reply without saying anything.', {
    code: 'chat.empty',
    hint:
      reason === 'length'
        ? 'It used all its tokens for something that is not shown: allow more, or turn its reasoning off.'
        : 'Ask again; if it keeps happening, look at the chat template that the server uses.',
  });
}

function replyTokens(
  { maxTokens }: GenerationSettings,
  { length }: ChatRequest,
  contextTokens: number,
): number {
  return Math.min(maxTokens[length ?? 'usual'], Math.floor(contextTokens / 3));
}

function nameOf({ engine, model, adapter }: LanguageModelIdentity): string {
  return `${engine}:${model}${adapter === null ? '' : `@${adapter}`}`;
}
