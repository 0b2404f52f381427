import type { ServerResponse } from 'node:http';
import { within } from '../within.ts';

/** One answer while somebody waits for it. */
export type Waiting = {
  /** Aborted when the client has left, or when the API ends. */
  readonly signal: AbortSignal;
  /** To be called once nothing more is sent. */
  end(): void;
};

/** All answers that clients of this server wait for. */
export type Running = {
  begin(response: ServerResponse): Waiting;
  count(): number;
  /** Waits for them at most so long, then stops what is left. */
  finish(graceMs: number): Promise<void>;
};

/** How long answers that were stopped have to say so, in milliseconds. */
const closingMs = 1_000;

export function openRunning(): Running {
  const running = new Map<AbortController, Promise<void>>();
  const ended = () => Promise.all(running.values());
  return {
    begin(response) {
      const controller = new AbortController();
      const { promise, resolve } = Promise.withResolvers<void>();
      running.set(controller, promise);
      // Also after a regular end: then there is nothing left to stop.
      response.once('close', () => controller.abort());
      return {
        signal: controller.signal,
        end() {
          running.delete(controller);
          resolve();
        },
      };
    },
    count: () => running.size,
    async finish(graceMs) {
      await within(ended(), graceMs);
      for (const controller of running.keys()) controller.abort();
      await within(ended(), closingMs);
    },
  };
}
