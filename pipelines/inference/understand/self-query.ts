import type { UnderstoodFilter } from '../types.ts';
import { type DateRange, readable } from './calendar.ts';
import { dateMentions } from './dates.ts';
import { nameMentions } from './names.ts';
import { titleMention } from './titles.ts';
import type { Vocabulary } from './vocabulary.ts';
import { wordsOf } from './words.ts';

/** Beyond this a question is a document, and its names are its topic. In UTF-16 units. */
const longest = 2_000;

/**
 * Self-query without a model: authors, sources, platforms, kinds, languages and dates that the question
 * names, in reading order, each with the words it was understood from. Nothing is recognised that the
 * warehouse does not hold. The filters are preferences: measured on MultiHop-RAG and LoCoMo, soft boosts
 * beat hard filters, which lose what the question did not mean to exclude.
 */
export async function selfQuery(
  text: string,
  vocabulary: Vocabulary,
  now: Date,
): Promise<readonly UnderstoodFilter[]> {
  const question = text.slice(0, longest);
  const wording = ({ start, end }: { readonly start: number; readonly end: number }) =>
    question.slice(start, end);
  const names = nameMentions(wordsOf(question), vocabulary.gazetteer).flatMap((mention) =>
    mention.named.map(({ field, value }) => ({
      at: mention.start,
      filter: { field, value, confidence: mention.confidence, words: wording(mention) },
    })),
  );
  const title = titleMention(question, vocabulary.titles);
  const dates = (await dateMentions(question, now)).filter(
    ({ start, end }) => !title || end <= title.start || start >= title.end,
  );
  const times = [...dates, ...(title ? [title] : [])].map((mention) => ({
    at: mention.start,
    filter: dateFilter(mention, wording(mention), mention.confidence),
  }));
  return [...names, ...times].sort((a, b) => a.at - b.at).map(({ filter }) => filter);
}

function dateFilter(range: DateRange, words: string, confidence: number): UnderstoodFilter {
  const { since, until } = range;
  return { field: 'date', value: readable(range), since, until, confidence, words };
}

/** Two or more mentions of sources, or of authors: each of them should have its turn. */
export function isComparison(filters: readonly UnderstoodFilter[]): boolean {
  return mentionsInTurn(filters).length >= 2;
}

/**
 * The mentions that take turns in the results: of sources if two or more are named, else of authors.
 * A mention may mean several values ("FOX News" is three sources); the same words are one mention.
 */
export function mentionsInTurn(
  filters: readonly UnderstoodFilter[],
): readonly (readonly UnderstoodFilter[])[] {
  for (const field of ['source', 'author'] as const) {
    const named = filters.filter((filter) => filter.field === field);
    const mentions = [...Map.groupBy(named, ({ words }) => words.toLowerCase()).values()];
    const distinct = new Map(mentions.map((mention) => [valuesOf(mention), mention]));
    if (distinct.size >= 2) return [...distinct.values()];
  }
  return [];
}

const valuesOf = (mention: readonly UnderstoodFilter[]) =>
  mention
    .map(({ value }) => value)
    .sort()
    .join('\n');
