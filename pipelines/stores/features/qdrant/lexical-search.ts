import { inverseDocumentFrequency, saturated } from '../bm25.ts';
import type { RetrievedChunk } from '../chunk.ts';
import { stem, tokens } from '../lexical.ts';
import type { QueryTerm, ScoredChunk, SearchOptions } from '../port.ts';
import { type TermGroup, termGroups, usableTerms } from '../terms.ts';
import { lexical } from './collection.ts';
import type { Connection } from './connection.ts';
import { accessConditions } from './filter.ts';
import { retrievedOf } from './points.ts';
import { bestOf, nearest } from './search.ts';
import { type Statistics, type StatisticsCache, statisticsOf } from './statistics.ts';
import { indexOf, type SparseVector, wordsOf } from './words.ts';

/** Groups of stems, each to be scored and added up in this order. */
type StemGroup = { readonly stems: readonly string[]; readonly weight: number };

export type LexicalQuery = {
  readonly groups: readonly StemGroup[];
  readonly statistics: Statistics;
  readonly vector: SparseVector;
};

/** The server computes in 32-bit floats: a score is right to about this share of itself. */
const floatError = 1e-5;

/** A question as the server is asked it; undefined where no passage can match. A term of several tokens counts as each of them. */
export async function lexicalQuery(
  connection: Connection,
  cache: StatisticsCache,
  set: string,
  terms: readonly QueryTerm[],
  signal?: AbortSignal,
): Promise<LexicalQuery | undefined> {
  const groups = termGroups(usableTerms(terms)).map(stemmed);
  const stems = groups.flatMap((group) => group.stems);
  if (stems.length === 0) return undefined;
  const statistics = await statisticsOf(connection, cache, set, stems, signal);
  const vector = queryVector(groups, statistics);
  return vector.indices.length > 0 ? { groups, statistics, vector } : undefined;
}

const stemmed = ({ terms, weight }: TermGroup): StemGroup => ({
  stems: terms.flatMap((term) => tokens(term).map(stem)),
  weight,
});

/**
 * The server multiplies by its own idf, ln(1 + (N - n + ½) / (n + ½)), and the embedded index by
 * ln((N - n + ½) / (n + ½)), never below 10⁻⁶: each word is sent with the quotient of the two.
 */
function queryVector(groups: readonly StemGroup[], { chunks, rarities }: Statistics): SparseVector {
  const values = new Map<number, number>();
  for (const { stems, weight } of groups) {
    for (const each of stems) {
      const index = indexOf(each);
      const rarity = rarities.get(index);
      if (!rarity) continue;
      const value =
        (weight * inverseDocumentFrequency(chunks, rarity.documents)) / rarity.serverIdf;
      values.set(index, (values.get(index) ?? 0) + value);
    }
  }
  return { indices: [...values.keys()], values: [...values.values()] };
}

/**
 * BM25 as the embedded index computes it. The server finds the candidates by weights that are right up to how far the
 * mean length has moved since; all that could be among the best are then scored anew from their words, so order and
 * scores are exact.
 */
export async function searchLexical(
  connection: Connection,
  cache: StatisticsCache,
  set: string,
  terms: readonly QueryTerm[],
  { limit, access, signal }: SearchOptions,
): Promise<readonly ScoredChunk[]> {
  signal?.throwIfAborted();
  const allowed = accessConditions(access);
  if (allowed === 'nothing' || !(limit >= 1)) return [];
  const query = await lexicalQuery(connection, cache, set, terms, signal);
  if (!query) return [];
  const search = { query: query.vector, using: lexical, conditions: allowed };
  const best = await bestOf(
    connection,
    set,
    Math.floor(limit),
    (count, more) => nearest(connection, set, { ...search, more, count, signal }),
    { spread: spreadOf(query.statistics), signal },
  );
  return best
    .map((payload) => retrievedOf(payload))
    .map((chunk) => ({ chunk, score: scoreOf(chunk, query) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : 1))
    .slice(0, Math.floor(limit));
}

/**
 * Between which multiples of the server's score the true one lies. A weight is f·2.2 / (f + 1.2·(¼ + ¾·length/mean)), so
 * with another mean it differs by no more than the quotient of the two.
 */
function spreadOf({ averageLength, writtenFor }: Statistics): Spread {
  return {
    least: Math.min(1, averageLength / writtenFor.longest) * (1 - floatError),
    most: Math.max(1, averageLength / writtenFor.shortest) * (1 + floatError),
  };
}
type Spread = { readonly least: number; readonly most: number };

/** Whether the server's own ranking is the true one, but for the last digits of a float. */
export function isSettled({ averageLength, writtenFor }: Statistics): boolean {
  return writtenFor.longest - writtenFor.shortest <= 1e-3 * averageLength;
}

function scoreOf(
  chunk: Pick<RetrievedChunk, 'text' | 'context'>,
  { groups, statistics: { chunks, averageLength, rarities } }: LexicalQuery,
): number {
  const { frequencies, length } = wordsOf(chunk);
  let total = 0;
  for (const { stems, weight } of groups) {
    let sum = 0;
    for (const each of stems) {
      const frequency = frequencies.get(each);
      const rarity = rarities.get(indexOf(each));
      if (frequency === undefined || !rarity) continue;
      sum +=
        inverseDocumentFrequency(chunks, rarity.documents) *
        saturated(frequency, length, averageLength);
    }
    total += sum * weight;
  }
  return total;
}
