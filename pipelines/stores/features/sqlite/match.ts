import type { QueryTerm } from '../port.ts';
import { termGroups } from '../terms.ts';

/** One full-text query, and what its scores count. */
type MatchGroup = { readonly expression: string; readonly weight: number };

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
  return termGroups(terms).map((group) => ({
    expression: anyOf(group.terms),
    weight: group.weight,
  }));
}

/** Quoted, a term is data whatever it holds: FTS5 has no escape but the doubled quote. */
const anyOf = (terms: readonly string[]) =>
  terms.map((term) => `"${term.replaceAll('"', '""')}"`).join(' OR ');
