import type {
  Completion,
  LanguageModel,
} from '../../../../pipelines/serving/language-model/port.ts';

export type FakeModel = LanguageModel & {
  /** What it was asked for, in order. */
  readonly asked: readonly Completion[];
  /** Passages it was asked about in all. */
  passages(): number;
};

type Answer = (completion: Completion, call: number) => string | Promise<string>;

export const promptOf = ({ messages }: Completion) => messages.at(-1)?.content ?? '';
export const passagesIn = (completion: Completion) =>
  Number(/passages 1 to (\d+)\.$/.exec(promptOf(completion))?.[1]);

/** What a model writes that does as it is told: which call and passage it was, after a word that is in no document. */
export const obedient: Answer = (completion, call) =>
  contexts(
    Array.from({ length: passagesIn(completion) }, (_, index) => [
      index + 1,
      `Marmalade note ${call}.${index + 1}.`,
    ]),
  );

export function contexts(notes: readonly (readonly [number, string])[]): string {
  return JSON.stringify({
    contexts: notes.map(([passage, context]) => ({ passage, context })),
  });
}

/** A language model that answers as told, in one piece, at a dollar for a thousand requests. */
export function fakeModel(
  answer: Answer = obedient,
  { contextTokens = 8_192, model = 'fake/model' } = {},
): FakeModel {
  const asked: Completion[] = [];
  return {
    asked,
    passages: () => asked.reduce((sum, completion) => sum + passagesIn(completion), 0),
    identity: { engine: 'tgi', model, revision: 'abc', adapter: 'ada' },
    contextTokens,
    async *complete(completion, signal) {
      signal?.throwIfAborted();
      asked.push(completion);
      const text = await answer(completion, asked.length);
      yield { type: 'text', text };
      yield {
        type: 'finish',
        reason: 'stop',
        usage: { promptTokens: 1_000, completionTokens: 100, costUsd: 0.001 },
        timings: { queueMs: null, inferenceMs: null, firstTextMs: 1, totalMs: 2 },
        endpoint: 'http://model.example',
      };
    },
    countTokens: async () => ({ tokens: 1, exact: false }),
    states: () => [],
    close: async () => {},
  };
}
