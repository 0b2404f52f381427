import { z } from 'zod';
import type { JobHandler, Queues } from '../queues/port.ts';
import { PostponedError } from '../queues/postponed.ts';
import { TransientError } from '../stores/errors.ts';
import type { Warehouse } from '../stores/warehouse/port.ts';
import { type CollectOptions, collect } from './collect.ts';
import type { CollectEvent, Counts } from './events.ts';
import { startRound } from './round.ts';
import type { Fetcher } from './web/fetch.ts';

export type CollectJobs = {
  readonly warehouse: Warehouse;
  readonly queues: Pick<Queues, 'enqueue' | 'enqueueFlow'>;
  /** One for all jobs of a process, so that robots.txt and pace are remembered. */
  readonly fetcher: Fetcher;
  readonly options?: Pick<CollectOptions, 'defaultAuthor' | 'maxFileBytes'>;
  readonly told?: (event: CollectEvent) => void;
};

/** A host that asks for more patience than this is asked again all the same, by the next round. */
const longestPostponementMs = 60 * 60_000;

const payloadSchema = z.union([
  z.object({ link: z.string().min(1) }),
  /** A round: every origin, over so long. */
  z.object({ spreadMs: z.number().min(0) }),
]);

/**
 * The handler of the queue `collect`: a link, or a round of all origins. What is new is indexed as soon as somebody works
 * the queue `features`.
 *
 * @throws PostponedError when a host has to be left alone for now: what was missed is collected then
 */
export function collectHandler(work: CollectJobs): JobHandler {
  return async (payload, { signal }) => {
    const asked = payloadSchema.parse(payload);
    if ('link' in asked) await collectLink(work, asked.link, signal);
    else await startRound(work, asked.spreadMs);
  };
}

async function collectLink(
  { warehouse, queues, fetcher, options, told }: CollectJobs,
  link: string,
  signal: AbortSignal,
): Promise<void> {
  let laterMs = 0;
  const noting: Fetcher = {
    fetch: async (address, asked) => {
      try {
        return await fetcher.fetch(address, asked);
      } catch (error) {
        if (error instanceof TransientError && error.code === 'fetch.retry-later') {
          laterMs = Math.max(laterMs, error.retryAfterMs ?? 0);
        }
        throw error;
      }
    },
  };
  for await (const event of collect(
    [link],
    { warehouse, fetcher: noting },
    { ...options, signal },
  )) {
    told?.(event);
    if (event.type !== 'finished') continue;
    if (isNews(event.counts)) await queues.enqueue('features', 'sync', {});
  }
  if (laterMs > 0 && !signal.aborted) {
    throw new PostponedError(
      `A host of ${link} asked to be left alone for now.`,
      Math.min(laterMs, longestPostponementMs),
    );
  }
}

function isNews({ created, changed, vanished }: Counts): boolean {
  return created + changed + vanished > 0;
}
