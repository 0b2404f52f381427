import {
  type Job,
  type JobState,
  type QueueName,
  type Queues,
  queueNames,
  type Schedule,
} from '../../pipelines/queues/port.ts';
import { jobsByTrouble, type QueueLine, queueLines } from '../jobs/look.ts';
import type { Behind } from './behind.ts';
import { type Part, part } from './part.ts';
import type { OperatorPorts } from './ports.ts';

export type Filter = { readonly queue?: QueueName; readonly state?: JobState };

export type Overview = {
  readonly filter: Filter;
  /** What came of what was just asked for. */
  readonly said: string | null;
  readonly stores: readonly { readonly name: string; readonly part: Part<string> }[];
  readonly behind: Behind;
  readonly queues: Part<readonly QueueLine[]>;
  readonly jobs: Part<{ readonly shown: readonly Job[]; readonly more: number }>;
  readonly schedules: Part<Schedules>;
};

export type Schedules = readonly (Schedule & { readonly nextAt: string })[];

/** Jobs on one page; whoever needs more has `understudy jobs list`. */
const mostShown = 100;
/** Longest that a list of jobs may take to read, in milliseconds: there can be tens of thousands. */
const listWithinMs = 10_000;
/** While no more than so many are in line, those that failed before are looked for among them. */
const fewInLine = 1_000;

/** Asks for everything at once; what cannot be reached says so in its place. */
export async function lookAtAll(
  ports: OperatorPorts,
  filter: Filter,
): Promise<Omit<Overview, 'said'>> {
  const [warehouse, features, queues, jobs, schedules] = await Promise.all([
    part(async () => {
      await ports.warehouse().version();
      return 'answers';
    }),
    part(async () => {
      const current = await ports.features().current();
      return current === undefined ? 'no feature set yet' : `current set ${current.id}`;
    }),
    part(() => queueLines(ports.queues())),
    part(async () => {
      const all = await listed(ports.queues(), filter);
      return { shown: all.slice(0, mostShown), more: Math.max(0, all.length - mostShown) };
    }, listWithinMs),
    part(() => ports.queues().schedules()),
  ]);
  const stores = [
    { name: 'Warehouse', part: warehouse },
    { name: 'Feature store', part: features },
  ];
  return { filter, stores, behind: ports.behind(), queues, jobs, schedules };
}

/** What was asked for; else what runs and what went wrong. */
async function listed(queues: Queues, { queue, state }: Filter): Promise<readonly Job[]> {
  if (state !== undefined) return await jobsByTrouble(queues, { queue, states: [state] });
  const lines = await queueLines(queues, queue === undefined ? queueNames : [queue]);
  const inLine = lines.reduce((sum, { counts }) => sum + counts.waiting, 0);
  const waiting = inLine > 0 && inLine <= fewInLine ? (['waiting'] as const) : [];
  const jobs = await jobsByTrouble(queues, { queue, states: ['dead', 'running', ...waiting] });
  return jobs.filter((job) => job.state !== 'waiting' || job.reason !== null);
}
