import { type CollectJobs, collectHandler } from '../collection/jobs.ts';
import { createFetcher } from '../collection/web/fetch.ts';

import { openHostLimits } from '../queues/open.ts';
import { every, keepWorking } from './keep.ts';
import type { OpenProcess, Place } from './place.ts';

/** Origins that are collected at the same time: most of it is waiting for hosts, and no host is asked twice at once. */
const jobsAtOnce = 4;
/** A round's origins begin over this share of the time between rounds. */
const spread = 0.1;

/** Collects every known origin again and again: one round at a time in the whole deployment, however many processes. */
export const openCollection: OpenProcess = async (place) => {
  const { environment, stores, queues, timing, metrics, signal, failed } = place;
  const { allowPrivate, author } = environment;

  const { redis } = environment;
  const turns = await openHostLimits({ redis, database: stores.database });
  const handler = collectHandler({
    warehouse: stores.warehouse,
    queues,
    fetcher: createFetcher({ allowPrivate, turns }),
    options: author === undefined ? {} : { defaultAuthor: author },
    told: tell(place),
  });
  const working = { concurrency: jobsAtOnce, signal, observe: metrics.seen };
  const work = Promise.all([
    keepWorking(() => queues.work('collect', handler, working), place),
    // What changed while nobody looked is collected now; the schedule's own first round finds this one in line.
    queues.enqueue('collect', 'round', { spreadMs: 0 }).catch(failed),
    every(timing.sweepEveryMs, () => scheduleRounds(place), place),
  ]);
  return { work, close: turns.close };
};

async function scheduleRounds({ queues, timing }: Place): Promise<void> {
  const everyMs = timing.collectEveryMs;
  const payload = { spreadMs: Math.round(everyMs * spread) };
  await queues.schedule({ queue: 'collect', key: 'round', payload, everyMs });
}

function tell({ log, metrics }: Place): NonNullable<CollectJobs['told']> {
  return (event) => {
    if (event.type === 'item') metrics.collected(event.outcome);
    if (event.type === 'item' && event.outcome === 'failed') {
      log.warn({ link: event.link, ...event.reason }, 'not collected');
    }
    if (event.type === 'origin-finished')
      log.info({ link: event.link, ...event.counts }, 'collected');
  };
}
