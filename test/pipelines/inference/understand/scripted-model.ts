import type {
  Completion,
  LanguageModel,
  Usage,
} from '../../../../pipelines/serving/language-model/port.ts';

export type Asked = { readonly completion: Completion; readonly signal: AbortSignal | undefined };

/** A language model that says what it is told to, and remembers what it was asked. */
export function scriptedModel(
  reply: string | ((asked: Asked) => string | Promise<string>),
  usage: Usage | null = null,
): Pick<LanguageModel, 'identity' | 'complete'> & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    identity: { engine: 'tgi', model: 'base', revision: null, adapter: 'voice' },
    async *complete(completion, signal) {
      const now = { completion, signal };
      asked.push(now);
      yield { type: 'text', text: typeof reply === 'string' ? reply : await reply(now) };
      yield {
        type: 'finish',
        reason: 'stop',
        usage,
        timings: { queueMs: null, inferenceMs: null, firstTextMs: 0, totalMs: 0 },
        endpoint: 'http://test.invalid',
      };
    },
  };
}

/** What the model was given as data. */
export const dataOf = ({ completion }: Asked): Record<string, unknown> =>
  JSON.parse(completion.messages.at(-1)?.content ?? '');
