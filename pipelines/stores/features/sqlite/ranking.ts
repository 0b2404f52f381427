import type { Database } from '../../sqlite/database.ts';
import type { ScoredChunk } from '../port.ts';
import { type Kept, keepChunks, keptChunks } from './kept.ts';
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
  kept: Kept,
  best: readonly Ranked[],
  limit: number,
): readonly ScoredChunk[] {
  const keys = best.map(({ key }) => key);
  const chunks = keptChunks(kept, keys);
  const missing = keys.filter((key) => !chunks.has(key));
  if (missing.length > 0) {
    const read = chunksByKey(database, missing);
    keepChunks(kept, read);
    for (const [key, chunk] of read) chunks.set(key, chunk);
  }
  return best
    .flatMap(({ key, score }) => {
      const chunk = chunks.get(key);
      return chunk ? [{ chunk, score }] : [];
    })
    .sort((a, b) => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : 1))
    .slice(0, Math.max(0, Math.floor(limit)));
}
