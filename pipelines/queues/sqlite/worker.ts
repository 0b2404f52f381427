import { TransientError } from '../../stores/errors.ts';
import type { Database } from '../../stores/sqlite/database.ts';
import { cancelled, type Ending, endingOf, shuttingDown, takenOver, tell } from '../ending.ts';
import type { JobHandler, QueueName, WorkerOptions } from '../port.ts';
import type { QueueTiming } from '../timing.ts';
import { withinContext } from '../trace-context.ts';
import type { Bell } from './bell.ts';
import { type Claimed, claim, finish, heartbeat, noteProgress } from './job-table.ts';
import { enqueueScheduled } from './schedules.ts';

export type Worker = {
  readonly database: Database;
  readonly bell: Bell;
  readonly timing: QueueTiming;
  /** How to interrupt each running job of this process. */
  readonly running: Map<string, AbortController>;
};

/** Takes and runs jobs until `signal` aborts; resolves when the last one has ended. */
export async function workQueue(
  worker: Worker,
  queue: QueueName,
  handler: JobHandler,
  options: WorkerOptions,
): Promise<void> {
  const { database, bell, timing } = worker;
  const { concurrency = 1, signal } = options;
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
    while (!signal.aborted && failures.length === 0) {
      unlessBusy(() => enqueueScheduled(database, queue));
      const claimed =
        underWay.size < concurrency
          ? unlessBusy(() => claim(database, queue, timing.leaseMs))
          : undefined;
      if (!claimed) {
        await bell.wait(timing.pollMs, signal);
        continue;
      }
      const run = runJob(worker, claimed, handler, options)
        .catch((error: unknown) => failures.push(error))
        .then(() => {
          underWay.delete(run);
          bell.ring();
        });
      underWay.add(run);
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
}

async function runJob(
  { database, timing, running }: Worker,
  claimed: Claimed,
  handler: JobHandler,
  { signal: shutdown, observe }: WorkerOptions,
): Promise<void> {
  const { job, carrier } = claimed;
  const interruption = new AbortController();
  const stop = () => interruption.abort(new Error(shuttingDown));
  shutdown.addEventListener('abort', stop);
  running.set(job.id, interruption);
  const beats = setInterval(() => {
    const lease = renew(database, claimed, timing.leaseMs);
    if (lease === 'cancelled') interruption.abort(new Error(cancelled));
    if (lease === 'lost') interruption.abort(new Error(takenOver));
  }, timing.heartbeatMs);

  let ending: Ending;
  try {
    if (shutdown.aborted) stop();
    const context = {
      job,
      signal: interruption.signal,
      progress: async (fraction: number) => noteProgress(database, claimed, fraction),
    };
    await withinContext(job, carrier, () => handler(job.payload, context));
    // Whether a handler that was told to stop did all its work cannot be known: it runs again.
    ending = shutdown.aborted ? { outcome: 'interrupted' } : { outcome: 'done' };
  } catch (error) {
    ending = shutdown.aborted ? { outcome: 'interrupted' } : endingOf(error, job, timing.backoffMs);
  } finally {
    clearInterval(beats);
    shutdown.removeEventListener('abort', stop);
    running.delete(job.id);
  }
  // If it cannot be written now, the lease ends and the job runs again.
  const written = unlessBusy(() => finish(database, claimed, ending)) ?? 'lost';
  if (written !== 'lost') tell(observe, job, written === 'cancelled' ? written : ending.outcome);
}

/** A store that fails for good loses the lease too; what it has to say comes out when the job ends. */
function renew(database: Database, claimed: Claimed, leaseMs: number) {
  try {
    return heartbeat(database, claimed, leaseMs);
  } catch (error) {
    return error instanceof TransientError ? 'kept' : 'lost';
  }
}

/** Another process holding the write lock is no reason to stop working: the next look may succeed. */
function unlessBusy<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof TransientError) return undefined;
    throw error;
  }
}
