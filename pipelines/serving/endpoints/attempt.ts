import type { TransientError } from '../../stores/errors.ts';
import type { Clock } from './clock.ts';
import type { Attempt, Endpoint } from './port.ts';

/** One reason for all: making a new one for each would cost a stack trace per request. */
const over = new Error('This attempt is over.');

export type OpenAttempt = {
  readonly attempt: Attempt;
  /**
   * Awaits one result of the work. Rejects with the signal's reason the moment it is aborted, whether the work
   * listens to it or not, and with `late` when the result takes longer than `limitMs`.
   */
  within<T>(limitMs: number, work: () => Promise<T>): Promise<T>;
  stop(reason: unknown): void;
  /** Aborts the signal if nobody did, and lets go of the caller's. */
  end(): void;
};

export function openAttempt(
  endpoint: Endpoint,
  caller: AbortSignal | undefined,
  clock: Clock,
  late: (limitMs: number) => TransientError,
): OpenAttempt {
  const controller = new AbortController();
  const { signal } = controller;
  let refuse: ((reason: unknown) => void) | null = null;
  // One timer that looks again instead of one for each result: a stream has hundreds of them.
  let limit = 0;
  let deadline = Number.POSITIVE_INFINITY;
  let firesAt = Number.POSITIVE_INFINITY;
  let cancelTimer: (() => void) | null = null;

  const stop = (reason: unknown) => {
    controller.abort(reason);
    refuse?.(signal.reason);
  };
  const arm = (ms: number) => {
    cancelTimer?.();
    firesAt = clock.now() + ms;
    cancelTimer = clock.after(ms, look);
  };
  const look = () => {
    cancelTimer = null;
    firesAt = Number.POSITIVE_INFINITY;
    // Nobody is waiting: the time that the reader of a stream takes is not the server's silence.
    if (deadline === Number.POSITIVE_INFINITY) return;
    const leftMs = deadline - clock.now();
    if (leftMs > 0) arm(leftMs);
    else stop(late(limit));
  };
  const limitTo = (ms: number) => {
    limit = ms;
    deadline = clock.now() + ms;
    if (deadline < firesAt) arm(ms);
  };
  const onAbort = () => stop(caller?.reason);
  if (caller?.aborted) onAbort();
  else caller?.addEventListener('abort', onAbort, { once: true });

  return {
    attempt: {
      endpoint,
      signal,
      alive() {
        if (deadline !== Number.POSITIVE_INFINITY) limitTo(limit);
      },
    },
    stop,
    within(limitMs, work) {
      if (signal.aborted) return Promise.reject(signal.reason);
      limitTo(limitMs);
      return new Promise((resolve, reject) => {
        const settled = () => {
          refuse = null;
          deadline = Number.POSITIVE_INFINITY;
        };
        refuse = (reason) => {
          settled();
          reject(reason);
        };
        work().then(
          (result) => {
            if (signal.aborted) return;
            settled();
            resolve(result);
          },
          (error) => {
            if (signal.aborted) return;
            settled();
            reject(error);
          },
        );
      });
    },
    end() {
      caller?.removeEventListener('abort', onAbort);
      cancelTimer?.();
      if (!signal.aborted) controller.abort(over);
    },
  };
}
