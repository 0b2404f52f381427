import type { Database } from '../../sqlite/database.ts';
import type { ScoredChunk } from '../port.ts';
import { chunksByKey } from './read.ts';

/** How many ties with the last of the best are reckoned with. */
const tieRoom = 100;

export type Ranked = { readonly key: number; readonly score: number };

/**
 * The best `limit` and all that tie with the last of them, so that ties can be broken by chunk id rather
 * than by the order in which documents happened to come in. `best` gives the best `count`, descending.
 */
export function ranked(
  limit: number,
  best: (count: number) => readonly Ranked[],
): readonly Ranked[] {
  if (!(limit >= 1)) return [];
  // Keys are cheap and a second run is not: room for the usual number of ties is asked for at once.
  for (let count = Math.floor(limit) + tieRoom; ; count *= 8) {
    const found = best(count);
    const last = found[Math.floor(limit) - 1];
    if (!last || found.length < count || isBelow(found.at(-1), last)) {
      return last ? found.filter((candidate) => !isBelow(candidate, last)) : found;
    }
  }
}

const isBelow = (candidate: Ranked | undefined, last: Ranked) =>
  candidate !== undefined && candidate.score < last.score;

/** Reads the winners' passages: descending score, ties by ascending chunk id. */
export function resolve(
  database: Database,
  best: readonly Ranked[],
  limit: number,
): readonly ScoredChunk[] {
  const chunks = chunksByKey(
    database,
    best.map(({ key }) => key),
  );
  return best
    .flatMap(({ key, score }) => {
      const chunk = chunks.get(key);
      return chunk ? [{ chunk, score }] : [];
    })
    .sort((a, b) => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : 1))
    .slice(0, Math.max(0, Math.floor(limit)));
}
