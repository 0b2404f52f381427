import { setTimeout as wait } from 'node:timers/promises';

export type Keeping = {
  readonly signal: AbortSignal;
  /** Told of each failure; the next try comes later. */
  readonly failed: (error: unknown) => void;
};

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Runs work that goes on until the signal aborts, and starts it again when it ends before: a server that goes away for a
 * while is waited for, half fixed and half by chance, so that processes do not come back all at once.
 */
export async function keepWorking(
  work: () => Promise<void>,
  { signal, failed }: Keeping,
  pauseMs: number = firstPauseMs,
): Promise<void> {
  let pause = pauseMs;
  while (!signal.aborted) {
    const begunAt = performance.now();
    try {
      await work();
      if (signal.aborted) return;
    } catch (error) {
      if (signal.aborted) return;
      failed(error);
    }
    // What worked for a while has recovered: the next failure is a new one.
    pause = performance.now() - begunAt > longestPauseMs ? pauseMs : pause;
    await wait(pause / 2 + (Math.random() * pause) / 2, undefined, { signal }).catch(() => {});
    pause = Math.min(longestPauseMs, pause * 2);
  }
}

/** Does it now, and again and again until the signal aborts; a failure waits for the next time. */
export async function every(
  intervalMs: number,
  task: () => Promise<void>,
  { signal, failed }: Keeping,
): Promise<void> {
  while (!signal.aborted) {
    await task().catch((error: unknown) => signal.aborted || failed(error));
    await wait(intervalMs, undefined, { signal }).catch(() => {});
  }
}
