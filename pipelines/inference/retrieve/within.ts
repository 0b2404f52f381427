import { type Clock, systemClock } from '../../serving/endpoints/clock.ts';
import { TransientError } from '../../stores/errors.ts';

export type Limit = {
  readonly ms: number;
  /** Of the TransientError when the time is up. */
  readonly code: string;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
};

/**
 * The work's result, if it comes in time. When the time is up, or the caller's signal is aborted, the work's own
 * signal is aborted and nobody waits for it any longer, whether it listens or not.
 *
 * @throws TransientError `code` when late; the signal's reason when aborted; else what the work throws.
 */
export async function within<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { ms, code, signal, clock = systemClock }: Limit,
): Promise<T> {
  signal?.throwIfAborted();
  const own = new AbortController();
  const stopped = Promise.withResolvers<never>();
  const stop = (reason: unknown) => {
    stopped.reject(reason);
    own.abort(reason);
  };
  const aborted = () => stop(signal?.reason);
  signal?.addEventListener('abort', aborted, { once: true });
  const cancel = clock.after(ms, () =>
    stop(new TransientError(`Not done within ${ms} ms.`, { code })),
  );
  try {
    // The race hears the failure of both, also of the one that lost and fails later.
    return await Promise.race([work(own.signal), stopped.promise]);
  } finally {
    cancel();
    signal?.removeEventListener('abort', aborted);
  }
}
