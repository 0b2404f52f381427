import { queryTerms, tokens } from '../../stores/features/lexical.ts';
import type { QueryTerm } from '../../stores/features/port.ts';
import type { Question, Understanding, UnderstoodFilter } from '../types.ts';
import { carriedOver } from './rewrite.ts';
import { isComparison, selfQuery } from './self-query.ts';
import type { Vocabulary } from './vocabulary.ts';

export type Understood = {
  readonly understanding: Understanding;
  /** The question's own terms, in order, then those carried over with a lower weight. */
  readonly terms: readonly QueryTerm[];
};

/** How much surer a name is when the question itself says it than when it stands earlier in the thread. */
const carriedConfidence = 0.7;

/**
 * Reads a question: what it asks for, whom and when it means, and what it leaves to the thread. A filter of
 * the thread is taken over only for a field that the question says nothing about.
 */
export async function understand(
  { text, history, now }: Pick<Question, 'text' | 'history' | 'now'>,
  vocabulary: Vocabulary,
): Promise<Understood> {
  const today = new Date(now);
  const own = await selfQuery(text, vocabulary, today);
  const carried = carriedOver(text, history);
  const earlier = carried.from === null ? [] : await selfQuery(carried.from, vocabulary, today);
  const filters = [...own, ...missing(earlier, own)];
  const { languages } = vocabulary;
  const words = carried.terms.map(({ term }) => term).join(' ');
  return {
    understanding: {
      question: text,
      rewritten: words === '' ? text : `${text} (${words})`,
      filters,
      comparison: isComparison(filters),
    },
    terms: [...withoutDates(queryTerms(text, { languages }), own), ...carried.terms],
  };
}

/** From this confidence on the words of a date are taken to mean the date and nothing else. */
const sureDate = 0.8;

/**
 * Leaves out the words of dates: "since March" asks for what was published then, not for passages that say
 * "March". Where nothing else was asked for they stay.
 */
function withoutDates(
  terms: readonly QueryTerm[],
  filters: readonly UnderstoodFilter[],
): readonly QueryTerm[] {
  const sure = filters.filter(
    ({ field, confidence }) => field === 'date' && confidence >= sureDate,
  );
  const left = sure.flatMap(({ words }) => tokens(words));
  const kept = terms.filter(({ term }) => {
    const at = left.indexOf(term);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return kept.length > 0 ? kept : terms;
}

function missing(
  earlier: readonly UnderstoodFilter[],
  own: readonly UnderstoodFilter[],
): readonly UnderstoodFilter[] {
  const said = new Set(own.map(({ field }) => field));
  return earlier
    .filter(({ field }) => !said.has(field))
    .map((filter) => ({ ...filter, confidence: filter.confidence * carriedConfidence }));
}
