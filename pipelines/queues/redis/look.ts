import { z } from 'zod';
import {
  type Job,
  type JobState,
  jobStates,
  type QueueName,
  type Queues,
  queueNames,
} from '../port.ts';
import type { Producer } from './connection.ts';
import { type KeptJob, queueOf, readKept } from './kept-job.ts';

type Looking = Pick<Queues, 'job' | 'jobs' | 'counts' | 'oldestDue'>;

const answerOf = z.tuple([z.array(z.string()), z.enum(jobStates), z.number()]);
/** Jobs that are read at once: enough to hide the way there, few enough to let others through. */
const atOnce = 500;

/** Where BullMQ, and our scripts, keep the jobs of each state. */
const places: Readonly<Record<JobState, readonly string[]>> = {
  waiting: ['wait', 'prioritized', 'delayed', 'waiting-children'],
  running: ['active'],
  done: ['completed'],
  dead: ['failed'],
  cancelled: ['cancelled'],
};
const lists = new Set(['wait', 'active']);

/** Everything that only reads. */
export function lookInto({ client, ask }: Producer, base: string): Looking {
  const idsOf = async (queue: QueueName, state: JobState): Promise<readonly string[]> => {
    const found = await Promise.all(
      places[state].map((place) => {
        const key = `${base}${queue}:${place}`;
        return lists.has(place) ? client.lrange(key, 0, -1) : client.zrange(key, '0', '-1');
      }),
    );
    return found.flat();
  };
  const read = async (id: string): Promise<KeptJob | undefined> => {
    const queue = queueOf(id);
    if (!queue) return undefined;
    const p = `${base}${queue}:`;
    const answer = answerOf.parse(await client.queueRead(`${p}meta`, p, id));
    return readKept(id, ...answer);
  };

  return {
    job: (id) => ask(async () => (await read(id))?.job),
    jobs: ({ queue, state } = {}) =>
      ask(async () => {
        const ids = new Set<string>();
        for (const name of queue ? [queue] : queueNames) {
          for (const each of state ? [state] : jobStates) {
            for (const id of await idsOf(name, each)) ids.add(id);
          }
        }
        const all = [...ids];
        const jobs: KeptJob[] = [];
        for (let from = 0; from < all.length; from += atOnce) {
          const some = await Promise.all(all.slice(from, from + atOnce).map(read));
          // It may have moved on since its place was read.
          jobs.push(
            ...some
              .filter((kept) => kept && (!state || kept.job.state === state))
              .map((kept) => kept as KeptJob),
          );
        }
        return jobs.sort(inOrder).map(({ job }): Job => job);
      }),
    counts: (queue) =>
      ask(async () => {
        const counts = { waiting: 0, running: 0, done: 0, dead: 0, cancelled: 0 };
        const counting = client.multi();
        const counted: JobState[] = [];
        for (const state of jobStates) {
          for (const place of places[state]) {
            const key = `${base}${queue}:${place}`;
            if (lists.has(place)) counting.llen(key);
            else counting.zcard(key);
            counted.push(state);
          }
        }
        for (const [index, [error, jobs]] of ((await counting.exec()) ?? []).entries()) {
          if (error) throw error;
          counts[counted[index] ?? 'waiting'] += Number(jobs);
        }
        return counts;
      }),
    oldestDue: (queue) =>
      ask(async () => {
        const p = `${base}${queue}:`;
        const now = Date.now();
        const at = await client.queueOldestDue(`${p}meta`, p, now);
        return at === null ? null : Math.max(0, now - Number(at));
      }),
  };
}

function inOrder(a: KeptJob, b: KeptJob): number {
  return (
    Date.parse(a.job.runAt) - Date.parse(b.job.runAt) ||
    Date.parse(a.job.createdAt) - Date.parse(b.job.createdAt) ||
    a.number - b.number
  );
}
