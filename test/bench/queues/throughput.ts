import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { openRedisQueues } from '../../../pipelines/queues/redis/adapter.ts';
import type { Row } from '../result.ts';

/** Jobs a second, put in line and worked off. */
type Rate = { readonly added: number; readonly worked: number };

type Layer = {
  add(count: number): Promise<void>;
  /** Works until so many jobs were handled. */
  work(count: number, concurrency: number): Promise<void>;
  close(): Promise<void>;
};

/** Producers that put jobs in line at the same time, as the processes of a deployment do. */
const producers = 16;

/**
 * Jobs that do nothing, through our layer and through BullMQ alone, in turns on the same Redis: what fair turns, one open
 * job per key, cancels from afar and reasons cost.
 */
export async function throughputRows(url: string, jobs: number, rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const concurrency of [1, 10, 50]) {
    const ours: Rate[] = [];
    const raw: Rate[] = [];
    // One first that only warms up; then in turns, so that what else the machine does meets both.
    for (let round = 0; round <= rounds; round += 1) {
      const pair = [
        await measured(await ourLayer(url), jobs, concurrency),
        await measured(rawBullmq(url), jobs, concurrency),
      ] as const;
      if (round === 0) continue;
      ours.push(pair[0]);
      raw.push(pair[1]);
    }
    for (const metric of ['added', 'worked'] as const) {
      const [mine, theirs] = [
        middle(ours.map((r) => r[metric])),
        middle(raw.map((r) => r[metric])),
      ];
      const base = {
        case: `no-op, concurrency ${concurrency}`,
        unit: 'jobs/s',
        better: 'higher',
      } as const;
      rows.push(
        { ...base, metric: `${metric}_per_s`, value: mine },
        { ...base, metric: `${metric}_per_s`, value: theirs, peer: 'bullmq', ratio: mine / theirs },
        {
          ...{ case: base.case, metric: `${metric}_share_of_raw`, unit: '', better: 'higher' },
          value: middle(ours.map((rate, index) => rate[metric] / (raw[index]?.[metric] ?? 1))),
          target: 0.9,
        },
      );
    }
  }
  return rows;
}

async function measured(layer: Layer, jobs: number, concurrency: number): Promise<Rate> {
  try {
    const begun = performance.now();
    await layer.add(jobs);
    const added = performance.now();
    await layer.work(jobs, concurrency);
    const worked = performance.now();
    return { added: (jobs / (added - begun)) * 1_000, worked: (jobs / (worked - added)) * 1_000 };
  } finally {
    await layer.close();
  }
}

/** Adds from several producers, as fast as each is answered. */
async function addFrom(count: number, add: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const produce = async () => {
    for (let index = next++; index < count; index = next++) await add(index);
  };
  await Promise.all(Array.from({ length: producers }, produce));
}

async function ourLayer(url: string): Promise<Layer> {
  const queues = await openRedisQueues({ url, prefix: `bench-${randomUUID()}` });
  return {
    add: (count) => addFrom(count, (index) => queues.enqueue('score', `job-${index}`, { index })),
    async work(count, concurrency) {
      const stop = new AbortController();
      let done = 0;
      const handler = async () => {
        done += 1;
        if (done === count) stop.abort();
      };
      await queues.work('score', handler, { concurrency, signal: stop.signal });
    },
    close: () => queues.close(),
  };
}

function rawBullmq(url: string): Layer {
  const { hostname: host, port } = new URL(url);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const prefix = `bench-${randomUUID()}`;
  const queue = new Queue('score', { connection, prefix });
  return {
    add: (count) => addFrom(count, (index) => queue.add('job', { index })),
    async work(count, concurrency) {
      const { promise, resolve } = Promise.withResolvers<void>();
      let done = 0;
      const handler = async () => {
        done += 1;
        if (done === count) resolve();
      };
      const retention = { removeOnComplete: { count: 1_000 }, removeOnFail: { count: 1_000 } };
      const worker = new Worker('score', handler, {
        connection,
        prefix,
        concurrency,
        ...retention,
      });
      await promise;
      await worker.close();
    },
    close: () => queue.close(),
  };
}

export function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
