import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { inTime } from '../../in-time.ts';
import { type QueueName, type Queues, queueNames, type Seen } from '../../queues/port.ts';

/** What a process counts of its work; names and units as Prometheus has them. */
export type ProcessMetrics = {
  readonly registry: Registry;
  /** For `WorkerOptions.observe`. */
  readonly seen: (seen: Seen) => void;
  readonly indexed: (outcome: 'put' | 'removed' | 'failed') => void;
  readonly collected: (outcome: string) => void;
};

const waitSeconds = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 15, 60, 300, 1_800];
const runSeconds = [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15, 60, 300, 1_800];
/** A queue that does not tell in time is left out of this answer. */
const tellWithinMs = 2_000;

export function openMetrics(queues: Pick<Queues, 'counts' | 'oldestDue'>): ProcessMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const labelNames = ['queue', 'outcome'] as const;
  const jobs = new Counter({
    name: 'understudy_jobs_total',
    help: 'Starts of jobs in this process, by queue and what came of them.',
    labelNames,
    registers,
  });
  const waits = new Histogram({
    name: 'understudy_job_wait_seconds',
    help: 'From the time a job might have started to the time it did.',
    labelNames: ['queue'] as const,
    buckets: waitSeconds,
    registers,
  });
  const runs = new Histogram({
    name: 'understudy_job_run_seconds',
    help: 'How long starts of jobs ran, by queue and what came of them.',
    labelNames,
    buckets: runSeconds,
    registers,
  });
  const indexed = new Counter({
    name: 'understudy_documents_indexed_total',
    help: 'Documents put into a feature set, removed from it, or failed.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const collected = new Counter({
    name: 'understudy_items_collected_total',
    help: 'Items that collecting came by, by what became of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  gaugeByQueue(
    { name: 'understudy_queue_jobs', help: 'Jobs, by queue and state.', registers },
    ['queue', 'state'],
    async (queue, set) => {
      const counts = await queues.counts(queue);
      for (const state of ['waiting', 'running', 'dead'] as const) {
        set({ queue, state }, counts[state]);
      }
    },
  );
  gaugeByQueue(
    {
      name: 'understudy_queue_oldest_seconds',
      help: 'For how long the job that has been due longest has not been started; 0 when none is due.',
      registers,
    },
    ['queue'],
    async (queue, set) => set({ queue }, ((await queues.oldestDue(queue)) ?? 0) / 1_000),
  );
  return {
    registry,
    seen({ queue, outcome, waitMs, runMs }) {
      jobs.inc({ queue, outcome });
      waits.observe({ queue }, waitMs / 1_000);
      runs.observe({ queue, outcome }, runMs / 1_000);
    },
    indexed: (outcome) => indexed.inc({ outcome }),
    collected: (outcome) => collected.inc({ outcome }),
  };
}

/** Asked when somebody looks: what is in line is the same whichever process tells it. */
function gaugeByQueue<Label extends string>(
  about: { readonly name: string; readonly help: string; readonly registers: Registry[] },
  labelNames: readonly Label[],
  read: (
    queue: QueueName,
    set: (labels: Readonly<Record<Label, string>>, value: number) => void,
  ) => Promise<void>,
): void {
  const values: [Readonly<Record<Label, string>>, number][] = [];
  new Gauge({
    ...about,
    labelNames: [...labelNames],
    async collect() {
      values.length = 0;
      const asked = queueNames.map((queue) => read(queue, (...value) => values.push(value)));
      await inTime(Promise.all(asked), tellWithinMs).catch(() => undefined);
      this.reset();
      for (const [labels, value] of values) this.set(labels, value);
    },
  });
}
