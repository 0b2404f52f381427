import { type Answering, ask } from './ask.ts';
import type { Inference } from './port.ts';

/** The pipeline in this process. */
export function localInference(answering: Answering, release: string): Inference {
  return {
    release,
    async *ask(question, signal) {
      signal?.throwIfAborted();
      yield { type: 'begun', release };
      // Also for whoever leaves: what the pipeline waits for at that moment would not hear of it.
      const leave = new AbortController();
      const stop = signal ? AbortSignal.any([signal, leave.signal]) : leave.signal;
      try {
        yield* ask(answering, question, stop);
      } finally {
        leave.abort();
      }
    },
  };
}
