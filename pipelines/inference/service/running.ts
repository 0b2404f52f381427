import type { ServerResponse } from 'node:http';
import { TransientError } from '../../stores/errors.ts';

/** One answer while somebody waits for it. */
export type Run = {
  /** Aborted when the asker has left, asks the same anew, or the service ends; the reason says which. */
  readonly signal: AbortSignal;
  /** To be called once nothing more is done for it, as often as one likes. */
  end(): void;
};

export type Running = {
  /**
   * Begins the answer to a request. One that still runs under the same id is stopped: whoever sends a request again
   * has lost the connection of the first, so that nobody would read it, and no question is answered twice at once.
   */
  begin(id: string, response: ServerResponse): Run;
  /** Waits for all of them at most so long, then stops what is left and lets it say so. */
  finish(graceMs: number): Promise<void>;
};

/** How long answers that were stopped have to say so, in milliseconds. */
const closingMs = 1_000;

export function openRunning(): Running {
  const runs = new Map<string, { controller: AbortController; ended: Promise<void> }>();

  const within = async (ms: number) => {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([Promise.all([...runs.values()].map(({ ended }) => ended)), late]);
    clearTimeout(timer);
  };
  return {
    begin(id, response) {
      runs.get(id)?.controller.abort(superseded());
      const controller = new AbortController();
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      const run = { controller, ended };
      runs.set(id, run);
      // Also after a regular end: then there is nothing left to stop.
      if (response.destroyed) controller.abort(left());
      else response.once('close', () => controller.abort(left()));
      return {
        signal: controller.signal,
        end() {
          if (runs.get(id) === run) runs.delete(id);
          resolve();
        },
      };
    },
    async finish(graceMs) {
      await within(graceMs);
      for (const { controller } of runs.values()) controller.abort(draining());
      await within(closingMs);
    },
  };
}

const superseded = () =>
  new TransientError('The same question was sent again, and is answered there.', {
    code: 'inference.superseded',
  });

/** Whether it was aborted because nobody reads it any more. */
export const hasLeft = ({ reason }: AbortSignal): boolean =>
  reason instanceof TransientError && reason.code === 'inference.left';

const left = () => new TransientError('Whoever asked has left.', { code: 'inference.left' });

/** What askers are told, and answers that took longer than the end of the service allowed. */
export const draining = () =>
  new TransientError('This inference service is about to end.', {
    code: 'inference.draining',
    hint: 'Ask again in a moment: another one takes over.',
    retryAfterMs: 2_000,
  });
