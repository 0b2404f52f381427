import { afterEach, beforeEach, expect, vi } from 'vitest';
import type {
  EnqueueOptions,
  JobContext,
  JobHandler,
  JobPayload,
  QueueName,
  Queues,
  WorkerOptions,
} from '../../../pipelines/queues/port.ts';

/** Another process that works the queue `score`: it notes each job it starts, and hangs where told to. */
export type WorkerProcess = {
  /** Keys in the order in which this process started them. */
  readonly started: readonly string[];
  /** Keys of those whose signals aborted there. */
  readonly stopped: readonly string[];
  /** Ends it without a chance to clean up, as a power cut would. */
  kill(): Promise<void>;
};

export type OpenQueues = {
  /** With leases of about half a second and retries from 40 ms, so that a test can wait for them. */
  readonly queues: Queues;
  /** A second connection to the same storage, as another process would have. */
  readonly other: Queues;
  /** Jobs whose payload has `hang: true` never end there. */
  startWorker(): Promise<WorkerProcess>;
  close(): Promise<void>;
};

/** Queues on an empty storage, anew for each test, and what tests do with them time and again. */
export function openWorkshop(open: () => Promise<OpenQueues>) {
  let opened: OpenQueues;
  let stop: AbortController;
  let working: Promise<void>[];
  beforeEach(async () => {
    opened = await open();
    stop = new AbortController();
    working = [];
  });
  const finishWork = async () => {
    stop.abort();
    await Promise.all(working);
  };
  afterEach(async () => {
    await finishWork();
    await opened.close();
  });

  const work = (
    handler: JobHandler,
    { on = opened.queues, queue = 'score', ...options }: Working = {},
  ) => {
    working.push(on.work(queue, handler, { ...options, signal: stop.signal }));
  };
  const enqueue = async (key: string, payload: JobPayload = {}, options: EnqueueOptions = {}) =>
    (await opened.queues.enqueue('score', key, payload, options)).job.id;
  const becomes = (id: string, state: string) =>
    vi.waitFor(async () => expect((await opened.queues.job(id))?.state).toBe(state), patience);
  return {
    get queues() {
      return opened.queues;
    },
    get other() {
      return opened.other;
    },
    startWorker: () => opened.startWorker(),
    enqueue,
    work,
    /** Tells all workers to stop, and waits until they have. */
    finishWork,
    stateOf: async (id: string) => (await opened.queues.job(id))?.state,
    becomes,
    /** Keys in the order in which one worker starts them, when it has started so many. */
    async startsInOrder(count: number): Promise<readonly string[]> {
      const keys: string[] = [];
      work(async (_payload, { job }) => {
        keys.push(job.key);
      });
      await vi.waitFor(() => expect(keys.length).toBeGreaterThanOrEqual(count), patience);
      return keys;
    },
  };
}

type Working = Partial<Omit<WorkerOptions, 'signal'>> & {
  readonly on?: Queues;
  readonly queue?: QueueName;
};

export type Workshop = ReturnType<typeof openWorkshop>;

/** Longer than anything takes on a busy machine. */
export const patience = { timeout: 15_000, interval: 20 };

/** Runs until it is told to stop. */
export function untilAborted({ signal }: Pick<JobContext, 'signal'>): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve());
    if (signal.aborted) resolve();
  });
}
