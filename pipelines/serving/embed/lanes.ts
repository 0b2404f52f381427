import { openEndpoints } from '../endpoints/open.ts';
import type { EndpointSettings, Endpoints } from '../endpoints/port.ts';
import { asker, type EmbeddingServer } from './settings.ts';

/** Eight at once keep a GPU in work while replies travel; as many as are wanted may line up. */
const indexing = { concurrency: 8, queue: 1_000, firstMs: 60_000, attempts: 4, retryBudget: 0.2 };
/** Somebody waits for the answer, and words find something without it. */
const asking = { concurrency: 16, queue: 64, firstMs: 5_000, attempts: 2, retryBudget: 0.2 };

export type Lanes = {
  readonly passage: Endpoints;
  readonly query: Endpoints;
  /** Requests for passages that are under way at the same time. */
  readonly atOnce: number;
  close(): Promise<void>;
};

/** Two ways to the same servers, so that no question stands in line behind what is being indexed. */
export function openLanes(
  { endpoints, limits, clock }: Pick<EmbeddingServer, 'endpoints' | 'limits' | 'clock'>,
  healthPath: string | null,
): Lanes {
  const settingsOf = (usual: typeof indexing): EndpointSettings => {
    const { firstMs } = usual;
    return { ...asker, ...usual, idleMs: firstMs, ...limits, healthPath };
  };
  const passage = openEndpoints(endpoints, settingsOf(indexing), clock);
  const query = openEndpoints(endpoints, settingsOf(asking), clock);
  return {
    passage,
    query,
    atOnce: settingsOf(indexing).concurrency * endpoints.length,
    async close() {
      await Promise.all([passage.close(), query.close()]);
    },
  };
}
