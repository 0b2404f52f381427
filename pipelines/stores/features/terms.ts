import type { QueryTerm } from './port.ts';

/** More terms than any question has; a longer list is cut, as each costs a pass over its postings. */
const maxTerms = 256;

/** How many repetitions one query may hold before separate weighted queries are the cheaper way. */
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

/** Terms whose scores are added up in this order, repetitions included, and then multiplied by `weight`. */
export type TermGroup = { readonly terms: readonly string[]; readonly weight: number };

/**
 * Weights that are small multiples of the smallest one as repetitions in one group; else a group per distinct
 * weight. Every adapter adds up in this order, so that scores agree to the last bit and ties are ties everywhere.
 */
export function termGroups(terms: readonly QueryTerm[]): readonly TermGroup[] {
  if (terms.length === 0) return [];
  const unit = Math.min(...terms.map(({ weight }) => weight));
  const repetitions = terms.map(({ term, weight }) => ({ term, times: weight / unit }));
  const total = repetitions.reduce((sum, { times }) => sum + times, 0);
  if (total <= maxRepetitions && repetitions.every(({ times }) => isWhole(times))) {
    const repeated = repetitions.flatMap(({ term, times }) =>
      Array<string>(Math.round(times)).fill(term),
    );
    return [{ terms: repeated, weight: unit }];
  }
  return [...Map.groupBy(terms, ({ weight }) => weight)].map(([weight, group]) => ({
    terms: group.map(({ term }) => term),
    weight,
  }));
}

const isWhole = (times: number) => Math.abs(times - Math.round(times)) < 1e-9;
