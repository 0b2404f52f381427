import {
  type Job,
  type JobState,
  type QueueName,
  type Queues,
  queueNames,
} from '../../pipelines/queues/port.ts';

/** How one queue stands. */
export type QueueLine = {
  readonly name: QueueName;
  readonly paused: boolean;
  /** For how long the job that has been due longest has not been started; null when none is due. */
  readonly oldestDueMs: number | null;
  readonly counts: Readonly<Record<JobState, number>>;
};

type Counting = Pick<Queues, 'counts' | 'paused' | 'oldestDue'>;

export async function queueLines(
  queues: Counting,
  names: readonly QueueName[] = queueNames,
): Promise<readonly QueueLine[]> {
  return await Promise.all(
    names.map(async (name) => {
      const [counts, paused, oldestDueMs] = await Promise.all([
        queues.counts(name),
        queues.paused(name),
        queues.oldestDue(name),
      ]);
      return { name, paused, oldestDueMs, counts };
    }),
  );
}

export type Wanted = {
  readonly queue?: QueueName | undefined;
  readonly states: readonly JobState[];
};

/** Jobs in these states, the newest problems first. */
export async function jobsByTrouble(
  queues: Pick<Queues, 'jobs'>,
  { queue, states }: Wanted,
): Promise<readonly Job[]> {
  const found = await Promise.all(
    states.map((state) => queues.jobs({ state, ...(queue !== undefined && { queue }) })),
  );
  return found.flat().sort(worstFirst);
}

/** Dead, failed before and to be tried again, running, in line, cancelled, done. */
function rank({ state, reason }: Job): number {
  if (state === 'waiting') return reason === null ? inLine : 1;
  return { dead: 0, running: 2, cancelled: 4, done: 5 }[state];
}
const inLine = 3;

/** What ended or began last comes first; what is in line stays in the order in which it starts. */
function worstFirst(a: Job, b: Job): number {
  const byRank = rank(a) - rank(b);
  if (byRank !== 0) return byRank;
  if (rank(a) === inLine) return a.runAt.localeCompare(b.runAt);
  const last = (job: Job) => job.finishedAt ?? job.startedAt ?? job.runAt;
  return last(b).localeCompare(last(a));
}
