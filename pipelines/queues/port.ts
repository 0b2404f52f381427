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
  readonly payload: JobPayload;
  readonly state: JobState;
  /** How often it was started. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Why it last failed, or why it is dead. */
  readonly reason: string | null;
  /** 0 … 1 as its handler last said, or null. */
  readonly progress: number | null;
  readonly createdAt: string;
  readonly runAt: string;
  readonly finishedAt: string | null;
};

export type EnqueueOptions = {
  readonly delayMs?: number;
  /** Default 5. */
  readonly maxAttempts?: number;
};

export type JobContext = {
  readonly job: Job;
  /** Aborted on cancel, on shutdown and when the lease was lost. */
  readonly signal: AbortSignal;
  progress(fraction: number): Promise<void>;
};

export type JobHandler = (payload: JobPayload, context: JobContext) => Promise<void>;

export type WorkerOptions = {
  readonly concurrency?: number;
  /** Stops taking jobs and waits for the running ones, which see `context.signal` abort. */
  readonly signal: AbortSignal;
};

/**
 * Named jobs. A message only makes work sooner: handlers are idempotent and the sweep of revision
 * differences would find the same work without it.
 *
 * Every adapter promises:
 * - at least once: a job whose worker was killed runs again after its lease ends;
 * - a handler that throws PermanentError makes the job `dead` at once with its reason; any other error is
 *   retried with jittered exponential backoff until `maxAttempts`, then `dead`;
 * - `cancel` reaches a running handler through its signal, also from another process; the job ends as
 *   `cancelled` whatever its handler then does;
 * - a job that a shutdown interrupted goes back in line, and that start does not count as an attempt;
 * - `retry` puts a dead or cancelled job back in line, unless another one of its key is open;
 * - a paused queue starts nothing new; several processes may work one queue and no job runs twice at once;
 * - jobs of one queue start in order of runAt, then of creation.
 */
export type Queues = {
  enqueue(
    queue: QueueName,
    key: string,
    payload: JobPayload,
    options?: EnqueueOptions,
  ): Promise<{ readonly job: Job; readonly created: boolean }>;
  /** Works until `signal` aborts; resolves when the last running job has ended. */
  work(queue: QueueName, handler: JobHandler, options: WorkerOptions): Promise<void>;
  job(id: string): Promise<Job | undefined>;
  jobs(filter?: { readonly queue?: QueueName; readonly state?: JobState }): Promise<readonly Job[]>;
  counts(queue: QueueName): Promise<Readonly<Record<JobState, number>>>;
  retry(id: string): Promise<boolean>;
  cancel(id: string): Promise<boolean>;
  pause(queue: QueueName): Promise<void>;
  resume(queue: QueueName): Promise<void>;
  close(): Promise<void>;
};
