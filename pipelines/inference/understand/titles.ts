import { queryTerms, stem } from '../../stores/features/lexical.ts';
import type { TitledDocument } from '../../stores/warehouse/port.ts';
import { bounded, type DateRange, dayRange } from './calendar.ts';

export type TitleMention = DateRange & {
  readonly start: number;
  readonly end: number;
  readonly title: string;
  readonly confidence: number;
};

/** "before the outage post", "since my article about caches": words up to a kind, or to the end. */
const anchored =
  /\b(before|after|since|until)\s+(?:the|my|our|your|his|her|their|that)\s+(?:(?:post|article|note)\s+(?:about|on|called)\s+)?["“]?([^?.,;:"”]{3,80}?)["”]?(?:\s+(post|article|note|story|essay|announcement)\b|[?.,;:]|$)/iu;

/**
 * A document's title used as a date: "before the outage post" ends where that post was published. All
 * telling words of the phrase have to stand in the title, at least two of them unless the question says
 * it means a post, article or note; the newest title that has them, with the fewest other words, wins.
 */
export function titleMention(
  text: string,
  titles: readonly TitledDocument[],
): TitleMention | undefined {
  const match = anchored.exec(text);
  if (!match) return undefined;
  const [found, preposition = '', phrase = '', kind] = match;
  const wanted = new Set(queryTerms(phrase).map(({ term }) => stem(term)));
  const named =
    kind !== undefined || /\b(?:post|article|note)\s+(?:about|on|called)\b/iu.test(found);
  if (wanted.size < (named ? 1 : 2)) return undefined;
  let best: { readonly document: TitledDocument; readonly others: number } | undefined;
  for (const document of titles) {
    if (document.publishedAt === null) continue;
    const held = new Set(queryTerms(document.title).map(({ term }) => stem(term)));
    if (!wanted.isSubsetOf(held)) continue;
    const others = held.size - wanted.size;
    if (!best || others < best.others) best = { document, others };
  }
  const published = best?.document.publishedAt;
  if (!best || !published) return undefined;
  const day = new Date(published);
  const range = dayRange(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate());
  return {
    ...bounded(range, preposition.toLowerCase()),
    start: match.index,
    end: match.index + found.length,
    title: best.document.title,
    confidence: named ? 0.8 : 0.6,
  };
}
