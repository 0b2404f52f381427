import type { Answering } from '../../pipelines/inference/ask.ts';
import { TransientError } from '../../pipelines/stores/errors.ts';

/** The real model, which can be held in the middle of an answer, or broken. */
export function heldModel(): {
  readonly change: (answering: Answering) => Answering;
  hold(): void;
  release(): void;
  breakDown(broken: boolean): void;
} {
  let gate: PromiseWithResolvers<void> | undefined;
  let broken = false;
  return {
    change: (answering) => ({
      ...answering,
      model: {
        ...answering.model,
        async *stream(request, signal) {
          if (broken) {
            throw new TransientError('The model server does not answer.', {
              code: 'model.unreachable',
            });
          }
          for await (const part of answering.model.stream(request, signal)) {
            if (part.type === 'finish') await gate?.promise;
            yield part;
          }
        },
      },
    }),
    hold: () => {
      gate = Promise.withResolvers();
    },
    release: () => {
      gate?.resolve();
      gate = undefined;
    },
    breakDown: (value) => {
      broken = value;
    },
  };
}
