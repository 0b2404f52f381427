import type { Inference } from '../../../pipelines/inference/ask.ts';

/** The pipeline with a clock in it, for questions that are asked one by one. */
export function timed(inference: Inference): {
  readonly inference: Inference;
  /** What the pipeline took for the last answer until its first words, in milliseconds. */
  readonly lastMs: () => number;
} {
  let tookMs = Number.NaN;
  return {
    inference: {
      release: inference.release,
      async *ask(question, signal) {
        const beganAt = performance.now();
        let isFirst = true;
        for await (const event of inference.ask(question, signal)) {
          if (event.type === 'text') {
            if (isFirst) tookMs = performance.now() - beganAt;
            isFirst = false;
          }
          yield event;
        }
      },
    },
    lastMs: () => tookMs,
  };
}
