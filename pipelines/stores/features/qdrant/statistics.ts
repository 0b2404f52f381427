import type { Schemas } from '@qdrant/js-client-rest';
import { z } from 'zod';
import { lexical } from './collection.ts';
import { ask, type Connection } from './connection.ts';
import { type Filter, is } from './filter.ts';
import { scroll } from './scroll.ts';
import { indexOf } from './words.ts';

/** How many passages there are and how long, counted by the server. */
type Totals = {
  readonly chunks: number;
  readonly averageLength: number;
  /** The shortest and longest mean length, in tokens, that stored weights were computed with. */
  readonly writtenFor: { readonly shortest: number; readonly longest: number };
};

/** A word as the server knows it: in how many passages, and what it counts itself for that rarity. */
export type Rarity = { readonly documents: number; readonly serverIdf: number };

export type Statistics = Totals & {
  /** By dimension; a word that no passage has is not there. */
  readonly rarities: ReadonlyMap<number, Rarity>;
};

type Remembered = {
  readonly totals: Promise<Totals>;
  readonly rarities: Map<number, Rarity>;
  readonly readAt: number;
};

/** By set. What another process writes is seen after `statisticsMs`; what this one writes, at once. */
export type StatisticsCache = Map<string, Remembered>;

/** Lengths below this are counted by facet, of which a server returns a bounded number; the few above one by one. */
const usualLength = 1_000;
const probesAtOnce = 64;
const thousandths = 1_000;

export async function statisticsOf(
  connection: Connection,
  cache: StatisticsCache,
  set: string,
  stems: Iterable<string>,
  signal?: AbortSignal,
): Promise<Statistics> {
  const { totals, rarities } = remembered(connection, cache, set);
  const asked = [...new Set([...stems].map(indexOf))];
  const missing = asked.filter((index) => !rarities.has(index));
  const { chunks, ...rest } = await totals;
  for (let from = 0; from < missing.length; from += probesAtOnce) {
    const some = missing.slice(from, from + probesAtOnce);
    const found = await probe(connection, set, some, chunks, signal);
    for (const [at, index] of some.entries()) {
      // Not that a word is nowhere: another process may just be writing it.
      const rarity = found[at];
      if (rarity) rarities.set(index, rarity);
    }
  }
  const known = asked.flatMap((index) => {
    const rarity = rarities.get(index);
    return rarity ? [[index, rarity] as const] : [];
  });
  return { chunks, ...rest, rarities: new Map(known) };
}

function remembered(connection: Connection, cache: StatisticsCache, set: string): Remembered {
  const known = cache.get(set);
  if (known && Date.now() - known.readAt < connection.timing.statisticsMs) return known;
  // Not under the signal of whoever asks first: others wait for the same.
  const fresh: Remembered = {
    totals: totalsOf(connection, set),
    rarities: new Map(),
    readAt: Date.now(),
  };
  cache.set(set, fresh);
  const forget = () => cache.get(set) === fresh && cache.delete(set);
  // Nor that there is nothing at all.
  fresh.totals.then(({ chunks }) => chunks === 0 && forget(), forget);
  return fresh;
}

/** Counted anew. */
export async function totalsOf(connection: Connection, set: string): Promise<Totals> {
  const name = connection.names.set(set);
  const chunk = is('type', 'chunk');
  const long = { must: [chunk, { key: 'length', range: { gte: usualLength } }] };
  const short = { must: [chunk, { key: 'length', range: { lt: usualLength } }] };
  const [lengths, averages] = await Promise.all([
    facet(connection, name, 'length', short),
    facet(connection, name, 'writtenFor', { must: [chunk] }),
  ]);
  let chunks = 0;
  let tokens = 0;
  for (const [length, count] of lengths) {
    chunks += count;
    tokens += length * count;
  }
  for await (const { payload } of scroll(connection, name, { filter: long, fields: ['length'] })) {
    chunks += 1;
    tokens += lengthOf(payload);
  }
  const averageLength = chunks === 0 ? 0 : tokens / chunks;
  const means = [...averages.keys()].map((mean) => mean / thousandths);
  return {
    chunks,
    averageLength,
    writtenFor: {
      shortest: Math.min(averageLength, ...means),
      longest: Math.max(averageLength, ...means),
    },
  };
}

const lengthOf = (payload: unknown) => z.object({ length: z.int() }).parse(payload).length;

/** How many points there are of each value of an integer field, exactly. */
export async function facet(
  connection: Connection,
  collection_name: string,
  key: string,
  filter: Filter,
): Promise<ReadonlyMap<number, number>> {
  const { hits } = await ask(connection, `count ${key} of ${collection_name}`, (api, init) =>
    api.facet({ collection_name, key, filter, limit: usualLength, exact: true }, init),
  );
  return new Map(hits.map(({ value, count }) => [Number(value), count]));
}

/**
 * Asks for each word alone, best passage only. Its score is idf × weight, and its vector says the weight, so the
 * quotient is the idf as the server has it: ln(1 + (N - n + ½) / (n + ½)) = ln((N + 1) / (n + ½)). Hence
 * n = (N + 1) / e^idf - ½. The server computes in 32-bit floats: the idf is right to about 10⁻⁶, so n is exact up to
 * some 400,000 passages and within a millionth of itself beyond. Passages deleted from a sealed segment are counted
 * until the server vacuums that segment.
 */
async function probe(
  connection: Connection,
  set: string,
  indices: readonly number[],
  chunks: number,
  signal: AbortSignal | undefined,
): Promise<readonly (Rarity | undefined)[]> {
  const searches = indices.map((index) => ({
    query: { indices: [index], values: [1] },
    using: lexical,
    limit: 1,
    with_vector: [lexical],
  }));
  const replies = await ask(
    connection,
    'count words',
    (api, init) =>
      api.queryBatchPoints({ collection_name: connection.names.set(set), searches }, init),
    signal,
  );
  return indices.map((index, at) => {
    const best = replies[at]?.points[0];
    const weight = best && weightOf(best.vector, index);
    if (!best || !weight) return undefined;
    const serverIdf = best.score / weight;
    const documents = Math.round((chunks + 1) / Math.exp(serverIdf) - 0.5);
    return { documents: Math.max(1, Math.min(chunks, documents)), serverIdf };
  });
}

const sparse = z.object({
  [lexical]: z.object({ indices: z.array(z.int()), values: z.array(z.number()) }),
});

function weightOf(vector: Schemas['ScoredPoint']['vector'], index: number): number | undefined {
  const parsed = sparse.safeParse(vector).data?.[lexical];
  return parsed?.values[parsed.indices.indexOf(index)];
}
