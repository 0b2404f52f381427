import type { Logger } from 'pino';
import type { Environment } from '../environment.ts';
import type { FeatureJobs } from '../feature/jobs.ts';
import { openQueues } from '../queues/open.ts';
import type { Queues } from '../queues/port.ts';
import type { QueueTiming } from '../queues/timing.ts';
import { openStores, type Stores } from '../stores/open.ts';
import { openMetrics, type ProcessMetrics } from './health/metrics.ts';
import type { Keeping } from './keep.ts';

/** How often what no message told of is looked for; milliseconds. */
export type ProcessTiming = {
  readonly collectEveryMs: number;
  readonly sweepEveryMs: number;
  /** Longest that running jobs are waited for, once the process is to end. */
  readonly graceMs: number;
  /** Where the queues' own times are not what is wanted. */
  readonly queues?: Partial<QueueTiming>;
  /** What is much, and how it is cut, where it is not as usual. */
  readonly slicing?: Pick<FeatureJobs, 'alone' | 'wave'>;
};

export const usualTiming: ProcessTiming = {
  collectEveryMs: 15 * 60_000,
  sweepEveryMs: 60_000,
  graceMs: 20_000,
};

/** What every process of the pipelines works with. */
export type Place = Keeping & {
  readonly environment: Environment;
  readonly timing: ProcessTiming;
  readonly log: Logger;
  readonly stores: Stores;
  readonly queues: Queues;
  readonly metrics: ProcessMetrics;
  close(): Promise<void>;
};

/** A process, opened: `work` ends when the place's signal aborts, and does not fail. */
export type Opened = { readonly work: Promise<unknown>; close(): Promise<void> };
export type OpenProcess = (place: Place) => Promise<Opened>;

/** @throws TransientError or PermanentError for a server that is named and cannot be used */
export async function openPlace(
  environment: Environment,
  settings: Pick<Place, 'log' | 'signal' | 'timing'>,
): Promise<Place> {
  const { log } = settings;
  const stores = await openStores({
    ...environment,
    alarm: (message) => log.error({ code: 'changes.lost' }, message),
  });
  try {
    const { redis } = environment;
    const timing = settings.timing.queues ?? {};
    const queues = await openQueues({ redis, database: stores.database, timing });
    return {
      ...settings,
      environment,
      stores,
      queues,
      metrics: openMetrics(queues),
      failed: (error) => log.error({ err: error }, 'will try again'),
      async close() {
        await queues.close();
        await stores.close();
      },
    };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
