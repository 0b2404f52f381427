import type { Answering } from '../../../pipelines/inference/ask.ts';

/** The pipeline with a clock in it, for questions that are asked one by one. */
export function timed(answering: Answering): {
  readonly answering: Answering;
  /** What the pipeline took for the last answer until the first words that the model gave, in milliseconds. */
  readonly lastMs: () => number;
} {
  let beganAt = Number.NaN;
  let tookMs = Number.NaN;
  const { retrieve, model } = answering;
  return {
    answering: {
      ...answering,
      retrieve(question, signal) {
        beganAt = performance.now();
        return retrieve(question, signal);
      },
      model: {
        ...model,
        async *stream(request, signal) {
          let isFirst = true;
          for await (const part of model.stream(request, signal)) {
            if (isFirst) tookMs = performance.now() - beganAt;
            isFirst = false;
            yield part;
          }
        },
      },
    },
    lastMs: () => tookMs,
  };
}
