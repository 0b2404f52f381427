import type { Clock } from './clock.ts';

/** Waits, or rejects with the reason of the first signal that is aborted; no listener stays behind. */
export function wait(
  ms: number,
  clock: Clock,
  signals: readonly (AbortSignal | undefined)[],
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const done = () => {
    cancel();
    for (const signal of signals) signal?.removeEventListener('abort', onAbort);
  };
  const onAbort = () => {
    done();
    reject(signals.find((signal) => signal?.aborted)?.reason);
  };
  const cancel = clock.after(ms, () => {
    done();
    resolve();
  });
  for (const signal of signals) signal?.addEventListener('abort', onAbort, { once: true });
  if (signals.some((signal) => signal?.aborted)) onAbort();
  return promise;
}
