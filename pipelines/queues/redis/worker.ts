import {
  type Job as BullJob,
  DelayedError,
  UnrecoverableError,
  WaitingError,
  Worker,
} from 'bullmq';
import { z } from 'zod';
import {
  cancelled,
  type Ending,
  endingOf,
  shuttingDown,
  takenOver,
  tell,
  vanished,
} from '../ending.ts';
import type { Job, JobHandler, QueueName, WorkerOptions } from '../port.ts';
import type { QueueTiming } from '../timing.ts';
import { type Carrier, withinContext } from '../trace-context.ts';
import { startedJob } from './kept-job.ts';
import { retention } from './retention.ts';
import type { Scripted } from './scripts.ts';

/** How long a worker that was told to stop waits for Redis to take note, in ms; leases do the rest. */
const farewellMs = 2_000;

export type Running = { readonly queue: QueueName; readonly interruption: AbortController };

export type WorkPlace = {
  readonly client: Scripted;
  readonly prefix: string;
  readonly timing: QueueTiming;
  /** How to interrupt each running job of this process. */
  readonly running: Map<string, Running>;
};

/** Runs jobs by a BullMQ worker until `signal` aborts; resolves when the last one has ended. */
export async function workQueue(
  { client, prefix, timing, running }: WorkPlace,
  queue: QueueName,
  handler: JobHandler,
  { concurrency = 1, signal: shutdown, observe }: WorkerOptions,
): Promise<void> {
  const handling = new Set<AbortController>();
  // Asked for each job, and a signal that is made of others takes its time to say it.
  let stopping = shutdown.aborted;
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const { promise: idle, resolve: rest } = Promise.withResolvers<void>();

  const process = async (started: BullJob, token = ''): Promise<void> => {
    const { job, carrier } = startedJob(queue, started);
    if (job.attempts > job.maxAttempts) {
      await client.hincrby(`${prefix}:${queue}:${job.id}`, 'ats', -1);
      throw new UnrecoverableError(vanished);
    }
    const interruption = new AbortController();
    running.set(job.id, { queue, interruption });
    handling.add(interruption);
    if (stopping) interruption.abort(new Error(shuttingDown));
    let ending: Ending = { outcome: 'done' };
    let failure: unknown;
    try {
      await runHandler(handler, job, carrier, interruption.signal, started);
    } catch (error) {
      failure = error;
      ending = endingOf(error, job, timing.backoffMs);
    }
    handling.delete(interruption);
    running.delete(job.id);
    if (stopping) {
      // Whether a handler that was told to stop did all its work cannot be known: it runs again.
      ending = { outcome: 'interrupted' };
      if (handling.size === 0) rest();
    }
    if (observe) tellOf(observe, job, ending, interruption.signal);
    if (ending.outcome !== 'done') await settle(worker, started, token, ending, failure);
  };
  const worker = new Worker(queue, process, {
    connection: client,
    prefix,
    concurrency,
    ...retention,
    lockDuration: timing.leaseMs,
    lockRenewTime: Math.min(timing.leaseMs / 2, timing.heartbeatMs * 2),
    stalledInterval: timing.leaseMs / 2,
    // Attempts are what limits it: see above.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    runRetryDelay: 500,
  });
  // What it meets on the way it mends by itself, and what a job meets is kept with the job.
  worker.on('error', () => undefined);
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) running.get(id)?.interruption.abort(new Error(takenOver));
  });

  const shutDown = () => {
    stopping = true;
    stop();
  };
  shutdown.addEventListener('abort', shutDown, { once: true });
  if (shutdown.aborted) shutDown();
  await stopped;
  const closed = worker.close().catch(() => undefined);
  for (const interruption of handling) interruption.abort(new Error(shuttingDown));
  if (handling.size > 0) await idle;
  if (!(await within(farewellMs, closed))) await abandon(worker);
}

/** What a worker of BullMQ is made of, and keeps to itself. */
const insides = z.object({ lockManager: z.custom<{ close(): Promise<void> }>() });

/**
 * Leaves a worker whose Redis does not answer: what was to be told it is told when it is back, or the
 * leases end. BullMQ would renew them, and so keep this process alive, until Redis answers.
 */
async function abandon(worker: Worker): Promise<void> {
  const cut = worker.getBackend().disconnectBlocking(false);
  await within(
    farewellMs,
    cut.catch(() => undefined),
  );
  await insides.parse(worker).lockManager.close();
}

function tellOf(
  observe: NonNullable<WorkerOptions['observe']>,
  job: Job,
  { outcome }: Ending,
  { reason }: AbortSignal,
): void {
  const why = reason instanceof Error ? reason.message : '';
  if (why !== takenOver) tell(observe, job, why === cancelled ? 'cancelled' : outcome);
}

function runHandler(
  handler: JobHandler,
  job: Job,
  carrier: Carrier,
  signal: AbortSignal,
  started: BullJob,
): Promise<void> {
  const progress = (fraction: number) =>
    started.updateProgress(Math.max(0, Math.min(1, fraction))).catch(() => undefined);
  return withinContext(job, carrier, () => handler(job.payload, { job, signal, progress }));
}

/** Tells BullMQ, by what it understands, what becomes of a job. */
async function settle(
  worker: Worker,
  started: BullJob,
  token: string,
  ending: Exclude<Ending, { readonly outcome: 'done' }>,
  failure: unknown,
): Promise<void> {
  const reason = 'reason' in ending ? ending.reason : '';
  started.opts.stackTraceLimit = 1;
  switch (ending.outcome) {
    case 'interrupted':
      await started.moveToWait(token);
      throw new WaitingError();
    case 'postponed': {
      const id = started.id ?? '';
      const fieldsToUpdate = { failedReason: reason };
      const how = { skipAttempt: true, fieldsToUpdate };
      await worker.getBackend().moveToDelayed(id, Date.now(), ending.delayMs, token, how);
      throw new DelayedError();
    }
    case 'retry': {
      started.opts.backoff = { type: 'fixed', delay: Math.max(1, ending.delayMs) };
      // Whether it may be tried again is decided by its starts, which BullMQ does not count as we do.
      started.opts.attempts = Number.MAX_SAFE_INTEGER;
      throw failure instanceof Error ? failure : new Error(reason);
    }
    case 'dead':
      throw Object.assign(new UnrecoverableError(reason), {
        stack: failure instanceof Error ? failure.stack : undefined,
      });
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const intime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return intime;
}
