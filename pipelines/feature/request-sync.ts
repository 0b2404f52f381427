import { setTimeout as wait } from 'node:timers/promises';
import type { Queues } from '../queues/port.ts';

/** How often a run that goes on is looked at, until the next can stand in line, in milliseconds. */
const lookEveryMs = 50;

/**
 * Has the features brought up to date by a run that starts after now. One that stands in line is as good as another;
 * one that runs already may have passed by what is new, so its end is waited for.
 */
export async function requestSync(
  queues: Pick<Queues, 'enqueue'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { created, job } = await queues.enqueue('features', 'sync', {});
    if (created || job.state === 'waiting') return;
    await wait(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
