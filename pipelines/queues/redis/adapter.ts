import { Queue } from 'bullmq';
import { z } from 'zod';
import { cancelled } from '../ending.ts';
import { type QueueName, type Queues, queueNames, type Schedule } from '../port.ts';
import { defaultTiming, type QueueTiming } from '../timing.ts';
import { connectProducer, connectWorker } from './connection.ts';
import { enqueue, scheduleNode } from './enqueue.ts';
import { createIds } from './ids.ts';
import { queueOf } from './kept-job.ts';
import { lookInto } from './look.ts';
import { cancelledKept } from './retention.ts';
import { tick, watch } from './watch.ts';
import { type WorkPlace, workQueue } from './worker.ts';

export type RedisQueuesOptions = {
  readonly url: string;
  /** Begins all keys; braces around it keep them on one node of a cluster. Default `understudy`. */
  readonly prefix?: string;
  readonly timing?: Partial<QueueTiming>;
};

const scheduleOf = z.object({
  queue: z.enum(queueNames),
  key: z.string(),
  data: z.string(),
  everyMs: z.number(),
});
const payloadOf = z.record(z.string(), z.unknown());

/**
 * Queues on Redis by BullMQ, for many processes on many machines. Redis may be wiped at any moment: workers
 * go on, and schedules that this process made come back; pauses, and what was in line, do not.
 *
 * @throws TransientError `queues.unreachable` within 2 s where Redis does not answer, `queues.full`;
 * PermanentError `queues.refused`. Workers never throw for that: they wait.
 */
export async function openRedisQueues({
  url,
  prefix = 'understudy',
  timing = {},
}: RedisQueuesOptions): Promise<Queues> {
  const producer = await connectProducer(url);
  const { client, ask } = producer;
  const base = `${prefix}:`;
  const newId = createIds();
  const schedules = new Map<string, Schedule>();
  const closing = new AbortController();
  const working = new Map<Promise<void>, QueueName>();
  const running: WorkPlace['running'] = new Map();
  let place: WorkPlace | undefined;
  let watching: Promise<void> | undefined;

  const putSchedule = async (schedule: Schedule) => {
    const { queue, key } = schedule;
    const p = `${base}${queue}:`;
    const node = scheduleNode(schedule);
    await client.queueSchedule(`${p}meta`, p, Date.now(), key, schedule.everyMs, node);
  };
  const startWork = (): WorkPlace => {
    if (place) return place;
    const at: WorkPlace = {
      client: connectWorker(url),
      prefix,
      timing: { ...defaultTiming, ...timing },
      running,
    };
    place = at;
    const queues = () => [...new Set(working.values())];
    const wiped = async () => {
      for (const schedule of schedules.values()) await putSchedule(schedule);
    };
    watching = watch({ ...at, queues, wiped }, closing.signal);
    return at;
  };
  const retry = async (queue: QueueName, id: string): Promise<boolean> => {
    const p = `${base}${queue}:`;
    return (await client.queueRetry(`${p}meta`, p, id, Date.now())) === 1;
  };
  const withQueue = <T>(queue: QueueName, work: (queue: Queue) => Promise<T>): Promise<T> =>
    ask(async () => {
      const named = new Queue(queue, { connection: client, prefix, skipMetasUpdate: true });
      named.on('error', () => undefined);
      try {
        return await work(named);
      } finally {
        await named.close();
      }
    });

  return {
    enqueue: (queue, key, payload, options = {}) =>
      ask(() => enqueue(client, base, newId, { queue, key, payload, options })),
    enqueueFlow: (flow) => ask(() => enqueue(client, base, newId, flow)),
    work(queue, handler, options) {
      const signal = AbortSignal.any([options.signal, closing.signal]);
      const work = workQueue(startWork(), queue, handler, { ...options, signal });
      working.set(work, queue);
      void work.finally(() => working.delete(work)).catch(() => undefined);
      return work;
    },

    schedule: (schedule) =>
      ask(async () => {
        await putSchedule(schedule);
        schedules.set(`${schedule.queue} ${schedule.key}`, schedule);
        await tick(client, base, [schedule.queue], []);
      }),
    unschedule: (queue, key) =>
      ask(async () => {
        schedules.delete(`${queue} ${key}`);
        const p = `${base}${queue}:`;
        const [removed] =
          (await client.multi().zrem(`${p}schedules`, key).hdel(`${p}scheduled`, key).exec()) ?? [];
        return removed?.[1] === 1;
      }),
    schedules: () =>
      ask(async () => {
        const all = [];
        for (const name of [...queueNames].sort()) {
          const kept = await client.hgetall(`${base}${name}:scheduled`);
          for (const key of Object.keys(kept).sort()) {
            const { queue, data, everyMs } = scheduleOf.parse(JSON.parse(kept[key] ?? ''));
            const nextAt = Number(await client.zscore(`${base}${name}:schedules`, key));
            const payload = payloadOf.parse(JSON.parse(data));
            all.push({ queue, key, payload, everyMs, nextAt: new Date(nextAt).toISOString() });
          }
        }
        return all;
      }),

    ...lookInto(producer, base),
    retry: (id) =>
      ask(async () => {
        const queue = queueOf(id);
        return queue !== undefined && (await retry(queue, id));
      }),
    retryAll: (queue) =>
      ask(async () => {
        let changed = 0;
        for (const id of await client.zrange(`${base}${queue}:failed`, '0', '-1')) {
          if (await retry(queue, id)) changed += 1;
        }
        return changed;
      }),
    cancel: (id) =>
      ask(async () => {
        const queue = queueOf(id);
        if (!queue) return false;
        const p = `${base}${queue}:`;
        const done = await client.queueCancel(
          `${p}meta`,
          p,
          id,
          Date.now(),
          cancelled,
          cancelledKept,
        );
        if (done === 1) running.get(id)?.interruption.abort(new Error(cancelled));
        return done === 1;
      }),
    pause: (queue) => withQueue(queue, (named) => named.pause()),
    resume: (queue) => withQueue(queue, (named) => named.resume()),
    paused: (queue) => withQueue(queue, (named) => named.isPaused()),
    async close() {
      closing.abort();
      await Promise.allSettled(working.keys());
      place?.client.disconnect();
      await watching;
      client.disconnect();
    },
  };
}
