import type { Schemas } from '@qdrant/js-client-rest';
import type { ScoredChunk, SearchOptions } from '../port.ts';
import { checkDimensions } from '../vectors.ts';
import { dense, denseParams } from './collection.ts';
import type { Connection } from './connection.ts';
import { accessConditions } from './filter.ts';
import { retrievedOf } from './points.ts';
import { bestOf, nearest } from './search.ts';
import type { StoredSet } from './sets.ts';

const asGiven = { least: 1, most: 1 };
/** Of 8-bit copies this many times as many are looked at in full as are asked for. */
const oversampling = 2;

/** Approximate nearest neighbours by the server's graph; exact for sets that it searches without one. */
export async function searchDense(
  connection: Connection,
  set: StoredSet,
  vector: Float32Array,
  { limit, access, signal }: SearchOptions,
): Promise<readonly ScoredChunk[]> {
  signal?.throwIfAborted();
  checkDimensions(set, vector.length);
  const conditions = accessConditions(access);
  if (conditions === 'nothing' || !(limit >= 1)) return [];
  const scores = new Map<string, number>();
  const params = searchParams(connection, vector.length);
  const found = await bestOf(
    connection,
    set.id,
    Math.floor(limit),
    async (count, more) => {
      const query = [...vector];
      const common = { query, using: dense, conditions, more, count, signal };
      const hits = await nearest(connection, set.id, { ...common, ...(params && { params }) });
      for (const hit of hits.hits) scores.set(hit.chunkId, cosine(hit.score));
      return hits;
    },
    { spread: asGiven, signal },
  );
  return found
    .map(retrievedOf)
    .map((chunk) => ({ chunk, score: scores.get(chunk.id) ?? 0 }))
    .sort((a, b) => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : 1))
    .slice(0, Math.floor(limit));
}

/** Rounding may carry two equal vectors a hair beyond what a cosine can be. */
const cosine = (score: number) => Math.max(-1, Math.min(1, score));

export function searchParams(
  { settings }: Connection,
  dimensions: number,
): Schemas['SearchParams'] | undefined {
  const { quantization_config } = denseParams(dimensions, settings.size ?? {});
  return quantization_config ? { quantization: { rescore: true, oversampling } } : undefined;
}
