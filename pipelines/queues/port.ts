export const queueNames = ['collect', 'features', 'datasets', 'train', 'score', 'export'] as const;
export type QueueName = (typeof queueNames)[number];

export const jobStates = ['waiting', 'running', 'done', 'dead', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

/** JSON that a job carries; parsed by its handler's own schema. */
export type JobPayload = Readonly<Record<string, unknown>>;

export type Job = {
  readonly id: string;
  readonly queue: QueueName;
  /** At most one waiting or running job per queue and key: enqueueing it again returns that one. */
  readonly key: string;
  /** Whose work it is, or null: groups take turns, and what has no group is one of its own. */
  readonly group: string | null;
  readonly payload: JobPayload;
  readonly state: JobState;
  /** How often it was started; interrupted and postponed starts do not count. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Why it last failed or was postponed, or why it is dead. */
  readonly reason: string | null;
  /** 0 … 1 as its handler last said, or null. */
  readonly progress: number | null;
  /** How many jobs of its flow have to be done before it may start. */
  readonly waitsFor: number;
  readonly createdAt: string;
  readonly runAt: string;
  /** When it was last started; null before the first time and again when it is put back in line by hand. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

export type EnqueueOptions = {
  readonly delayMs?: number;
  /** Default 5. */
  readonly maxAttempts?: number;
  /** Whose work it is, such as an author's: a group with many jobs in line does not hold up the others. */
  readonly group?: string;
};

export type Enqueued = { readonly job: Job; readonly created: boolean };

/** A job and what has to be done before it starts. */
export type Flow = {
  readonly queue: QueueName;
  readonly key: string;
  readonly payload: JobPayload;
  readonly options?: EnqueueOptions;
  readonly after?: readonly Flow[];
};

/** A recurring job. */
export type Schedule = {
  readonly queue: QueueName;
  readonly key: string;
  readonly payload: JobPayload;
  readonly everyMs: number;
};

export type JobContext = {
  readonly job: Job;
  /** Aborted on cancel, on shutdown and when the lease was lost. */
  readonly signal: AbortSignal;
  progress(fraction: number): Promise<void>;
};

export type JobHandler = (payload: JobPayload, context: JobContext) => Promise<void>;

/** What came of one start of a job, for histograms. */
export type Seen = {
  readonly queue: QueueName;
  readonly outcome: 'done' | 'retry' | 'dead' | 'cancelled' | 'interrupted' | 'postponed';
  /** From the time it might have started to the time it did. */
  readonly waitMs: number;
  readonly runMs: number;
};

export type WorkerOptions = {
  /** Default 1. */
  readonly concurrency?: number;
  /** Stops taking jobs and waits for the running ones, which see `context.signal` abort. */
  readonly signal: AbortSignal;
  /** Told after each start, except where the lease was lost: that job is another worker's to tell of. */
  readonly observe?: (seen: Seen) => void;
};

/**
 * Named jobs. A message only makes work sooner: handlers are idempotent and the sweep of revision
 * differences would find the same work without it.
 *
 * Every adapter promises:
 * - at least once: a job whose worker was killed runs again after its lease ends, and that start counts;
 * - a handler that throws PermanentError makes the job `dead` at once with its reason; PostponedError puts
 *   it back in line without counting the start; any other error is retried with jittered exponential
 *   backoff, not before TransientError's `retryAfterMs`, until `maxAttempts`, then `dead`;
 * - `cancel` reaches a running handler through its signal, also from another process; the job ends as
 *   `cancelled` whatever its handler then does;
 * - a job that a shutdown interrupted goes back in line, and that start does not count as an attempt;
 * - `retry` puts a dead or cancelled job back in line, unless another one of its key is open;
 * - a paused queue starts nothing new; several processes may work one queue and no job runs twice at once;
 * - of the jobs that are due, groups take turns (start-time fair queueing: Goyal, Vin & Cheng, 1996), and
 *   those of one group start in order of runAt, then of creation;
 * - a handler runs in the OpenTelemetry context in which its job was enqueued (W3C trace context).
 */
export type Queues = {
  /**
   * Where a job of the key is open already, that one is returned; one that waits for a later time and was never started
   * is brought forward, so that who asks for something now need not wait for what was to come by itself.
   */
  enqueue(
    queue: QueueName,
    key: string,
    payload: JobPayload,
    options?: EnqueueOptions,
  ): Promise<Enqueued>;
  /**
   * All jobs of the flow or none; each starts when all of its `after` are done, and is dead with the reason
   * of the first of them that ends as dead or cancelled. A job whose key is open already stands for its
   * part of the flow as it is, and what that part names in `after` is not enqueued. Returns the flow's own
   * job, the last to run.
   */
  enqueueFlow(flow: Flow): Promise<Enqueued>;
  /** Works until `signal` aborts; resolves when the last running job has ended. */
  work(queue: QueueName, handler: JobHandler, options: WorkerOptions): Promise<void>;

  /**
   * Enqueues the job now, and again every `everyMs` while somebody works the queue: one job however many
   * times were missed, and none while the last one is open. Scheduling it again changes payload and
   * interval, but brings nothing forward: a process may do it at each start.
   */
  schedule(schedule: Schedule): Promise<void>;
  /** Leaves what is already in line. */
  unschedule(queue: QueueName, key: string): Promise<boolean>;
  /** By queue and key. `nextAt` is when it is enqueued next. */
  schedules(): Promise<readonly (Schedule & { readonly nextAt: string })[]>;

  job(id: string): Promise<Job | undefined>;
  /** In order of runAt, then of creation. */
  jobs(filter?: { readonly queue?: QueueName; readonly state?: JobState }): Promise<readonly Job[]>;
  counts(queue: QueueName): Promise<Readonly<Record<JobState, number>>>;
  /**
   * For how long, in ms, the job that has been due longest has not been started; null when none is due.
   * Jobs that wait for others of their flow are not due.
   */
  oldestDue(queue: QueueName): Promise<number | null>;
  /** With all its attempts, and without waiting for the rest of its flow. */
  retry(id: string): Promise<boolean>;
  /** All dead jobs of the queue, not the cancelled ones; returns how many went back in line. */
  retryAll(queue: QueueName): Promise<number>;
  cancel(id: string): Promise<boolean>;
  pause(queue: QueueName): Promise<void>;
  resume(queue: QueueName): Promise<void>;
  paused(queue: QueueName): Promise<boolean>;
  /** Ends its own workers, too. */
  close(): Promise<void>;
};
