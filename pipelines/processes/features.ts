import { type FeatureJobs, featureHandler } from '../feature/jobs.ts';
import { requestSync } from '../feature/request-sync.ts';
import { servedMaking } from '../feature/served-making.ts';
import { prunedDaily } from '../serving/embed/prune.ts';
import { embedderOf, languageModelOf } from '../serving/open.ts';
import { every, keepWorking } from './keep.ts';
import type { OpenProcess, Place } from './place.ts';

/** Jobs at a time: two, so that a small change is not behind a slice; more where servers do the work. */
const jobsAtOnce = { own: 2, served: 4 };

/**
 * Keeps the feature store as the warehouse is. News of a write has the stores compared at once; a sweep finds what no news
 * told of, whatever became of queues and messages.
 */
export const openFeatures: OpenProcess = async (place) => {
  const { environment, stores, queues, timing, metrics, signal } = place;
  const making = await openMaking(place);
  const { embedder, headers, pace } = making;
  const handler = featureHandler({
    pipeline: { ...stores, embedder, headers, pace },
    queues,
    told: tell(place),
    ...timing.slicing,
  });
  const served = environment.embed !== null || headers !== null;
  const concurrency = served ? jobsAtOnce.served : jobsAtOnce.own;
  const working = { concurrency, signal, observe: metrics.seen };
  const work = Promise.all([
    keepWorking(() => queues.work('features', handler, working), place),
    keepWorking(() => stores.changes.follow(() => requestSync(queues, signal), signal), place),
    requestSync(queues, signal).catch(place.failed),
    every(timing.sweepEveryMs, () => scheduleSweep(place), place),
    prunedDaily(stores.embeddings, place),
  ]);
  return { work, close: making.close };
};

/** One sweep in the whole deployment; scheduling it again and again, it survives a queue that was wiped. */
async function scheduleSweep({ queues, timing }: Place): Promise<void> {
  const everyMs = timing.sweepEveryMs;
  await queues.schedule({ queue: 'features', key: 'sync', payload: {}, everyMs });
}

async function openMaking({ environment, stores }: Place) {
  const embedder = await embedderOf(environment, stores.embeddings);
  try {
    const { llm, headers } = environment;
    const writer = headers && llm ? await languageModelOf(llm) : null;
    return {
      embedder,
      ...servedMaking(environment, writer, stores.headerStore),
      async close() {
        await embedder?.close();
        await writer?.close();
      },
    };
  } catch (error) {
    await embedder?.close();
    throw error;
  }
}

function tell({ log, metrics }: Place): NonNullable<FeatureJobs['told']> {
  return (event) => {
    switch (event.type) {
      case 'document': {
        metrics.indexed(event.outcome);
        const { documentId, reason } = event;
        if (event.outcome === 'failed') log.warn({ documentId, ...reason }, 'not indexed');
        break;
      }
      case 'summary':
        if (event.documents + event.removed > 0) log.info({ ...event }, 'indexed');
        break;
      case 'wave':
        log.info({ ...event }, 'cut into slices');
        break;
      case 'stuck':
        log.error({ ...event }, 'the slices of a round came to nothing');
        break;
      case 'headers-planned':
        log.info({ ...event }, 'headers are written');
        break;
      case 'refused':
        log.error({ ...event }, 'the new feature set was not switched to');
        break;
      case 'switched':
        log.info({ ...event }, 'switched to a new feature set');
        break;
      default:
    }
  };
}
