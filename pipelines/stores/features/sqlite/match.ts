import type { QueryTerm } from '../port.ts';

/** One full-text query, and what its scores count. */
export type MatchGroup = { readonly expression: string; readonly weight: number };

/** More terms than any question has; a longer list is cut, as each costs a pass over its postings. */
const maxTerms = 256;

/** How many repetitions one MATCH may hold before separate weighted queries are the cheaper way. */
const maxRepetitions = 96;

/** The terms that can match and score anything, each once, with its weights added up. */
export function usableTerms(terms: readonly QueryTerm[]): readonly QueryTerm[] {
  const weights = new Map<string, number>();
  for (const { term, weight } of terms.slice(0, maxTerms)) {
    // SQLite's query string would end at a NUL.
    const clean = term.replaceAll('\0', ' ');
    if (clean.trim() === '' || !(weight > 0) || !Number.isFinite(weight)) continue;
    weights.set(clean, (weights.get(clean) ?? 0) + weight);
  }
  return [...weights].map(([term, weight]) => ({ term, weight }));
}

/**
 * Turns weighted terms into FTS5 queries whose weighted scores add up to the weighted BM25 sum.
 *
 * FTS5 knows no term weights, but its bm25() adds a phrase's score once per time it stands in the query.
 * So weights that are small multiples of the smallest one become repetitions in a single query: exact,
 * and quick. Other weights become one query per distinct weight, summed by the caller: exact too, at the
 * price of a pass over the matches per weight. A caller with many fractional weights does well to round
 * them to a few levels.
 */
export function matchGroups(terms: readonly QueryTerm[]): readonly MatchGroup[] {
  if (terms.length === 0) return [];
  const unit = Math.min(...terms.map(({ weight }) => weight));
  const repetitions = terms.map(({ term, weight }) => ({ term, times: weight / unit }));
  const total = repetitions.reduce((sum, { times }) => sum + times, 0);
  if (total <= maxRepetitions && repetitions.every(({ times }) => isWhole(times))) {
    const repeated = repetitions.flatMap(({ term, times }) =>
      Array<string>(Math.round(times)).fill(term),
    );
    return [{ expression: anyOf(repeated), weight: unit }];
  }
  return [...Map.groupBy(terms, ({ weight }) => weight)].map(([weight, group]) => ({
    expression: anyOf(group.map(({ term }) => term)),
    weight,
  }));
}

const isWhole = (times: number) => Math.abs(times - Math.round(times)) < 1e-9;

/** Quoted, a term is data whatever it holds: FTS5 has no escape but the doubled quote. */
const anyOf = (terms: readonly string[]) =>
  terms.map((term) => `"${term.replaceAll('"', '""')}"`).join(' OR ');
