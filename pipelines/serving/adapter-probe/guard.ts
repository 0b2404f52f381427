import type { ChatModel } from '../chat/port.ts';
import { adapterMismatch } from './check.ts';

export type AdapterGuard = {
  /** The model for as long as its adapter is the right one; refuses while it is not. */
  readonly model: ChatModel;
  /** Looks once more; returns what is wrong, or null. A server that does not answer changes nothing. */
  look(signal?: AbortSignal): Promise<string | null>;
};

/**
 * Keeps a model from answering in a voice that is not its own: a server restarted without the adapter would go on
 * as the base model, and nobody would be told.
 *
 * @param check what is wrong with the adapter, or null; may fail while the server is away.
 */
export function guardAdapter(
  model: ChatModel,
  check: (signal?: AbortSignal) => Promise<string | null>,
): AdapterGuard {
  let problem: string | null = null;
  return {
    model: {
      name: model.name,
      async *stream(request, signal) {
        if (problem !== null) throw adapterMismatch(problem);
        yield* model.stream(request, signal);
      },
    },
    async look(signal) {
      problem = await check(signal);
      return problem;
    },
  };
}
