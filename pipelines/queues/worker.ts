import { PermanentError, TransientError } from '../stores/errors.ts';
import type { Database } from '../stores/sqlite/database.ts';
import type { Bell } from './bell.ts';
import { type Claimed, claim, type Ending, finish, heartbeat, noteProgress } from './job-table.ts';
import type { JobHandler, QueueName, WorkerOptions } from './port.ts';

/** Milliseconds all. The defaults are for people's patience; tests make them short. */
export type QueueTiming = {
  /** How long a silent worker keeps its job. */
  readonly leaseMs: number;
  /** How often a worker renews its lease and learns of a cancel from another process. */
  readonly heartbeatMs: number;
  /** How often an idle worker looks for what other processes enqueued. */
  readonly pollMs: number;
  /** The first retry waits up to this long, the next twice as long, … */
  readonly backoffMs: number;
};

/** … but never longer than this. */
const longestBackoffMs = 5 * 60_000;

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
  { concurrency = 1, signal }: WorkerOptions,
): Promise<void> {
  const { database, bell, timing } = worker;
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
    while (!signal.aborted && failures.length === 0) {
      const claimed =
        underWay.size < concurrency
          ? unlessBusy(() => claim(database, queue, timing.leaseMs))
          : undefined;
      if (!claimed) {
        await bell.wait(timing.pollMs, signal);
        continue;
      }
      const run = runJob(worker, claimed, handler, signal)
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
  shutdown: AbortSignal,
): Promise<void> {
  const { job } = claimed;
  const interruption = new AbortController();
  const stop = () => interruption.abort(new Error('The worker is shutting down.'));
  shutdown.addEventListener('abort', stop);
  running.set(job.id, interruption);
  const beats = setInterval(() => {
    const lease = renew(database, claimed, timing.leaseMs);
    if (lease === 'cancelled') interruption.abort(new Error('The job was cancelled.'));
    if (lease === 'lost') interruption.abort(new Error('Another worker has taken the job over.'));
  }, timing.heartbeatMs);

  let ending: Ending;
  try {
    if (shutdown.aborted) stop();
    await handler(job.payload, {
      job,
      signal: interruption.signal,
      progress: async (fraction) => noteProgress(database, claimed, fraction),
    });
    // Whether a handler that was told to stop did all its work cannot be known: it runs again.
    ending = shutdown.aborted ? { state: 'interrupted' } : { state: 'done' };
  } catch (error) {
    ending = shutdown.aborted ? { state: 'interrupted' } : endingOf(error, claimed, timing);
  } finally {
    clearInterval(beats);
    shutdown.removeEventListener('abort', stop);
    running.delete(job.id);
  }
  // If it cannot be written now, the lease ends and the job runs again.
  unlessBusy(() => finish(database, claimed, ending));
}

/** A store that fails for good loses the lease too; what it has to say comes out when the job ends. */
function renew(database: Database, claimed: Claimed, leaseMs: number) {
  try {
    return heartbeat(database, claimed, leaseMs);
  } catch (error) {
    return error instanceof TransientError ? 'kept' : 'lost';
  }
}

function endingOf(error: unknown, { job }: Claimed, { backoffMs }: QueueTiming): Ending {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof PermanentError || job.attempts >= job.maxAttempts) {
    return { state: 'dead', reason };
  }
  const full = Math.min(longestBackoffMs, backoffMs * 2 ** (job.attempts - 1));
  // Half fixed, half chance: apart from each other, yet never at once.
  const delayMs = Math.round(full / 2 + (Math.random() * full) / 2);
  const asked = error instanceof TransientError ? (error.retryAfterMs ?? 0) : 0;
  return { state: 'waiting', reason, delayMs: Math.max(delayMs, asked) };
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
