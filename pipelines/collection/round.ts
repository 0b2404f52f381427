import type { Flow, Queues } from '../queues/port.ts';
import { sha256 } from '../stores/identity.ts';
import type { Warehouse } from '../stores/warehouse/port.ts';

/**
 * Puts every known origin in line to be collected, and the features after all of them. An origin that is still in line
 * from the last round is not there twice; when the whole last round is, the others do not wait for it.
 *
 * @param spreadMs over how long they begin, each origin always at the same moment of it: not all at once
 */
export async function startRound(
  {
    warehouse,
    queues,
  }: {
    readonly warehouse: Pick<Warehouse, 'origins'>;
    readonly queues: Pick<Queues, 'enqueue' | 'enqueueFlow'>;
  },
  spreadMs: number,
): Promise<number> {
  const jobs = (await warehouse.origins()).map(({ link }) => collectJob(link, spreadMs));
  if (jobs.length === 0) return 0;
  const { created } = await queues.enqueueFlow({
    queue: 'features',
    key: 'collected',
    payload: {},
    after: jobs,
  });
  if (created) return jobs.length;
  for (const { queue, key, payload, options } of jobs) {
    await queues.enqueue(queue, key, payload, options);
  }
  return jobs.length;
}

function collectJob(link: string, spreadMs: number): Flow {
  const delayMs = Math.floor(shareOf(link) * spreadMs);
  return {
    queue: 'collect',
    key: link,
    payload: { link },
    options: { delayMs, group: host(link) },
  };
}

/** 0 … 1, always the same for a link. */
function shareOf(link: string): number {
  return Number.parseInt(sha256(link).slice(0, 8), 16) / 2 ** 32;
}

/** Who is kept busy by collecting it: a host with a hundred feeds does not hold up another's only one. */
function host(link: string): string {
  return URL.parse(link)?.host || link;
}
