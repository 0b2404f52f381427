import { contextWeight, stem } from '../../stores/features/lexical.ts';
import type { LexicalStatistics, QueryTerm } from '../../stores/features/port.ts';
import { type Analysed, type Analyser, type Analysis, meanOf } from './analyse.ts';
import { type Bm25, bm25For, inverseDocumentFrequency, saturated } from './bm25.ts';

/** Single words, ordered pairs, unordered pairs within the window. */
const weights = { ordered: 0.2, unordered: 0.1 } as const;
/** Content words that an unordered pair may span. */
const window = 8;

type Term = { readonly id: number; readonly stem: string; readonly weight: number };
type Pair = { readonly first: number; readonly second: number; readonly weight: number };

/** A question's words in its candidates. */
export type Proximity = {
  /** How many candidates hold each stem of the question. */
  readonly holding: ReadonlyMap<string, number>;
  /** One score per candidate, at least 0, higher is better. */
  scores(statistics: LexicalStatistics): Float64Array;
};

/**
 * The sequential dependence model (Metzler and Croft 2005, "A Markov Random Field Model for Term
 * Dependencies", section 2.3) with BM25 instead of language models for its three kinds of features.
 *
 * Words have the whole set's document frequencies. Pairs have those among the candidates: whatever holds
 * both words of a pair is among them, as a rule, so that no index of pairs is needed.
 */
export function proximity(
  terms: readonly QueryTerm[],
  { candidates, ids }: Analysis,
  analyser: Pick<Analyser, 'idOf'>,
): Proximity {
  const distinct = distinctTerms(terms, analyser);
  const slots = new Map(distinct.map(({ id }, slot) => [id, slot]));
  const slotOf = new Int32Array(Math.max(ids, ...distinct.map(({ id }) => id + 1)));
  for (const [id, slot] of slots) slotOf[id] = slot + 1;
  const positions = candidates.map(({ stems }) => positionsOf(stems, slotOf, slots.size));
  const lengths = candidates.map(({ stems }) => stems.length);
  const average = meanOf(lengths);
  const bm25 = bm25For(average);
  const counted = neighbouringPairs(terms, analyser, slots).flatMap(({ first, second, weight }) =>
    (
      [
        ['ordered', orderedCount],
        ['unordered', unorderedCount],
      ] as const
    ).map(([kind, count]) => {
      const counts = positions.map((at) => count(at[first] ?? [], at[second] ?? []));
      return {
        weight: weights[kind] * weight,
        counts,
        holding: counts.filter((each) => each > 0).length,
      };
    }),
  );
  return {
    holding: new Map(
      distinct.map(({ stem: stemmed }, slot) => [
        stemmed,
        positions.filter((at) => (at[slot]?.length ?? 0) > 0).length,
      ]),
    ),
    scores(statistics) {
      const scores = wordScores(distinct, candidates, positions, statistics, bm25);
      for (const { weight, counts, holding } of counted) {
        const idf = inverseDocumentFrequency(holding, Math.max(statistics.chunks, holding));
        counts.forEach((frequency, index) => {
          const gain = saturated(frequency, lengths[index] ?? 0, average, bm25);
          scores[index] = (scores[index] ?? 0) + weight * idf * gain;
        });
      }
      return scores;
    },
  };
}

function distinctTerms(
  terms: readonly QueryTerm[],
  analyser: Pick<Analyser, 'idOf'>,
): readonly Term[] {
  const byStem = new Map<string, number>();
  for (const { term, weight } of terms) {
    const stemmed = stem(term);
    byStem.set(stemmed, (byStem.get(stemmed) ?? 0) + weight);
  }
  return [...byStem].map(([stemmed, weight]) => ({
    id: analyser.idOf(stemmed),
    stem: stemmed,
    weight,
  }));
}

/** Pairs of neighbours in the question itself; what was carried over or added stands in no order. */
function neighbouringPairs(
  terms: readonly QueryTerm[],
  analyser: Pick<Analyser, 'idOf'>,
  slots: ReadonlyMap<number, number>,
): readonly Pair[] {
  const own = terms.filter(({ weight }) => weight >= 1);
  const byKey = new Map<string, Pair>();
  for (let index = 0; index + 1 < own.length; index++) {
    const first = slots.get(analyser.idOf(stem(own[index]?.term ?? ''))) ?? -1;
    const second = slots.get(analyser.idOf(stem(own[index + 1]?.term ?? ''))) ?? -1;
    if (first < 0 || second < 0 || first === second) continue;
    const key = `${first} ${second}`;
    byKey.set(key, { first, second, weight: (byKey.get(key)?.weight ?? 0) + 1 });
  }
  return [...byKey.values()];
}

/** Where each query word stands, ascending. */
function positionsOf(stems: Int32Array, slotOf: Int32Array, slots: number): number[][] {
  const found: number[][] = Array.from({ length: slots }, () => []);
  for (let position = 0; position < stems.length; position++) {
    const slot = slotOf[stems[position] as number] as number;
    if (slot > 0) found[slot - 1]?.push(position);
  }
  return found;
}

/** BM25 in which a word of the context line counts as `contextWeight` words of the text. */
function wordScores(
  terms: readonly Term[],
  candidates: readonly Analysed[],
  positions: readonly number[][][],
  { chunks, documentFrequency }: LexicalStatistics,
  bm25: Bm25,
): Float64Array {
  const idf = terms.map(({ stem: stemmed }) =>
    inverseDocumentFrequency(documentFrequency.get(stemmed) ?? 0, chunks),
  );
  const extra = contextWeight - 1;
  const lengths = candidates.map(
    ({ stems, contextLength }) => stems.length + extra * contextLength,
  );
  const average = meanOf(lengths);
  return Float64Array.from(candidates, ({ contextLength }, index) =>
    terms.reduce((sum, { weight }, slot) => {
      const at = positions[index]?.[slot] ?? [];
      const inContext = at.findLastIndex((position) => position < contextLength) + 1;
      const frequency = at.length + extra * inContext;
      return (
        sum + weight * (idf[slot] ?? 0) * saturated(frequency, lengths[index] ?? 0, average, bm25)
      );
    }, 0),
  );
}

function orderedCount(first: readonly number[], second: readonly number[]): number {
  if (first.length === 0 || second.length === 0) return 0;
  let count = 0;
  let other = 0;
  for (const position of first) {
    while (other < second.length && (second[other] ?? 0) <= position) other++;
    if (second[other] === position + 1) count++;
  }
  return count;
}

/** Pairs within the window, each occurrence used once, from left to right. */
function unorderedCount(first: readonly number[], second: readonly number[]): number {
  let count = 0;
  let one = 0;
  let other = 0;
  while (one < first.length && other < second.length) {
    const distance = (first[one] ?? 0) - (second[other] ?? 0);
    if (Math.abs(distance) < window) {
      count++;
      one++;
      other++;
    } else if (distance < 0) one++;
    else other++;
  }
  return count;
}
