import { setTimeout } from 'node:timers/promises';
import { TransientError } from '../errors.ts';

/**
 * Does a piece of work, again every `everyMs` for as long as it fails with a TransientError. Returns false when it was
 * not done because `signal` aborted, whatever the work failed with then.
 */
export async function insist(
  work: () => Promise<void>,
  everyMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await work();
      return !signal.aborted;
    } catch (failure) {
      if (!(failure instanceof TransientError) && !signal.aborted) throw failure;
    }
    await pause(everyMs, signal);
  }
  return false;
}

/** Ends early, and without complaint, when `signal` aborts. */
export async function pause(forMs: number, signal: AbortSignal): Promise<void> {
  await setTimeout(forMs, undefined, { signal }).catch(() => {});
}
