import type { ParsedResult } from 'chrono-node';
import {
  bounded,
  type DateRange,
  dayRange,
  halfRange,
  latestSeason,
  monthRange,
  quarterRange,
  type Season,
  seasonRange,
  weekRange,
  yearRange,
} from './calendar.ts';

/** A date the question names, and where. */
export type DateMention = DateRange & {
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
};

type Span = { start: number; end: number; range: DateRange; confidence: number };

const season = 'spring|summer|autumn|fall|winter';
const year = '(?:19|20)\\d{2}';
const seasonOf = (name: string) => (name.toLowerCase() === 'fall' ? 'autumn' : name.toLowerCase());

/** Rules for what chrono does not read, each with what it makes of the match. */
const rules: readonly (readonly [RegExp, (match: RegExpMatchArray, now: Date) => Span['range']])[] =
  [
    [
      new RegExp(`\\b(${season})\\s+(?:of\\s+)?(${year})\\b`, 'giu'),
      ([, name = '', of = '']) => seasonRange(seasonOf(name) as Season, Number(of)),
    ],
    [
      new RegExp(`\\b(last|past|this)\\s+(${season})\\b`, 'giu'),
      ([, which = '', name = ''], now) =>
        latestSeason(seasonOf(name) as Season, now, which.toLowerCase() !== 'this'),
    ],
    [
      new RegExp(`\\b(first|second)\\s+half\\s+of\\s+(${year})\\b`, 'giu'),
      ([, half = '', of = '']) => halfRange(Number(of), half.toLowerCase() === 'first' ? 1 : 2),
    ],
    [
      new RegExp(`\\bq([1-4])\\s*(?:of\\s+)?(${year})\\b`, 'giu'),
      ([, quarter = '', of = '']) => quarterRange(Number(of), Number(quarter)),
    ],
    [
      /\b(last|past|this)\s+(week|month|quarter|year)\b/giu,
      ([, which = '', unit = ''], now) =>
        wholeUnit(unit.toLowerCase(), which.toLowerCase() === 'this' ? 0 : -1, now),
    ],
    [
      new RegExp(
        `(?<=\\b(?:in|since|before|after|until|till|by|during|from|of|between|and|to|year)\\s+)${year}\\b(?![.,]?\\d|-\\d)`,
        'giu',
      ),
      ([of]) => yearRange(Number(of)),
    ],
  ];

function wholeUnit(unit: string, offset: number, now: Date): DateRange {
  const current = now.getUTCFullYear();
  const month = now.getUTCMonth();
  if (unit === 'week') return weekRange(now, offset);
  if (unit === 'year') return yearRange(current + offset);
  if (unit === 'month') return monthRange(current, month + 1 + offset);
  return quarterRange(current, Math.floor(month / 3) + 1 + offset);
}

const monthName =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const amount = '\\d+|an?|two|three|four|five|six|seven|eight|nine|ten|twelve|few|couple of';
/** What a question means as a date. Of the rest that chrono reads ("5/6", "after 12 weeks") little is one. */
const meant = new RegExp(
  `\\b(?:${monthName})\\b|\\b\\d{4}-\\d\\d|\\d[./]\\d{1,2}[./]\\d{2}|\\byesterday\\b|\\bago\\b|` +
    `\\b(?:last|past)\\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day\\b|` +
    `\\b(?:last|past)\\s+(?:${amount})\\s+(?:days|weeks|months|years)\\b`,
  'iu',
);
/** Month names that are words besides. */
const doubtful = /^(?:may|mar|march|sat|sun)$/iu;
const dated = /\b(?:in|since|from|of|before|after|until|till|by|between|and|to|last|during)\s+$/iu;

/**
 * The dates of a question as ranges, in reading order: exact dates, months, years, seasons, quarters,
 * "last month", "two weeks ago", "since 2023", "between March and May", "from 2020 to 2022". Read by
 * chrono-node (English) and rules of our own. A month without a year is the latest that has begun.
 *
 * @param now The day of asking; times are UTC.
 */
export async function dateMentions(text: string, now: Date): Promise<readonly DateMention[]> {
  const spans: Span[] = [];
  let rest = text;
  const take = (start: number, end: number, range: DateRange, confidence: number) => {
    spans.push({ start, end, range, confidence });
    rest = rest.slice(0, start) + '\0'.repeat(end - start) + rest.slice(end);
  };
  if (meant.test(rest)) {
    const { parse } = await import('chrono-node/en');
    for (const found of parse(rest, { instant: now, timezone: 0 })) {
      const before = rest.slice(0, found.index);
      const range = isMeant(found.text, before) && rangeOf(found, now);
      if (range) {
        const exact = found.start.isCertain('year');
        take(found.index, found.index + found.text.length, range, exact ? 0.95 : 0.8);
      }
    }
  }
  for (const [pattern, made] of rules) {
    for (const match of rest.matchAll(pattern)) {
      take(match.index, match.index + match[0].length, made(match, now), 0.85);
    }
  }
  return joined(
    text,
    spans.sort((a, b) => a.start - b.start),
  ).map(({ start, end, range, confidence }) => ({ ...range, start, end, confidence }));
}

/** "May I …" is no month, "in May" is one. */
function isMeant(text: string, before: string): boolean {
  if (doubtful.test(text)) return dated.test(before);
  return meant.test(text);
}

function rangeOf({ text, start, end }: ParsedResult, now: Date): DateRange | undefined {
  const certain = (part: 'day' | 'weekday' | 'month' | 'year') => start.isCertain(part);
  if (!['day', 'weekday', 'month', 'year'].some((part) => certain(part as 'day'))) return undefined;
  if (/\b(?:last|past)\b.*(?:days|weeks|months|years)$/iu.test(text)) {
    return { since: start.date().toISOString(), until: now.toISOString() };
  }
  const first = unitOf(start, now);
  if (!end) return first;
  return { since: first.since, until: unitOf(end, now, first.since).until };
}

type Components = ParsedResult['start'];

/** The day, month or year that chrono is certain of; without a year, the latest one that has begun. */
function unitOf(part: Components, now: Date, notBefore: string | null = null): DateRange {
  const month = part.get('month') ?? 1;
  const day = part.get('day') ?? 1;
  const exact = part.isCertain('day') || part.isCertain('weekday');
  if (!part.isCertain('month') && !exact) return yearRange(part.get('year') ?? 0);
  const unit = (of: number) => (exact ? dayRange(of, month, day) : monthRange(of, month));
  if (part.isCertain('year')) return unit(part.get('year') ?? 0);
  if (part.isCertain('weekday') && !part.isCertain('month')) return unit(part.get('year') ?? 0);
  const latest = now.getUTCFullYear();
  const begun = (unit(latest).since ?? '') <= now.toISOString() ? latest : latest - 1;
  const range = unit(begun);
  return notBefore !== null && (range.until ?? '') < notBefore ? unit(begun + 1) : range;
}

/** Applies prepositions, and makes one range of "between … and …" and "from … to …". */
function joined(text: string, spans: readonly Span[]): readonly Span[] {
  const made: Span[] = [];
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index];
    if (!span) continue;
    const before = /\b(\p{L}+)\s+(?:the\s+|about\s+)?$/iu.exec(text.slice(0, span.start));
    const preposition = before?.[1]?.toLowerCase() ?? '';
    const next = spans[index + 1];
    const between = next && text.slice(span.end, next.start).trim().toLowerCase();
    const start = before && preposition !== '' ? before.index : span.start;
    const pair =
      (preposition === 'between' && (between === 'and' || between === '&')) ||
      (preposition === 'from' && ['to', 'until', 'till', 'through'].includes(between ?? ''));
    if (next && pair) {
      const since = span.range.since;
      const range = { since: yearOfEnd(span, next), until: next.range.until };
      made.push({ start, end: next.end, confidence: span.confidence, range });
      if (since !== null) index++;
    } else {
      // "From May on" is open, "posts from May" are May's.
      const onwards = /^\s+(?:on|onwards?)\b/iu.test(text.slice(span.end));
      const range = bounded(span.range, preposition === 'from' && onwards ? 'since' : preposition);
      const widened = range === span.range ? span.start : start;
      made.push({ ...span, start: widened, range });
    }
  }
  return made;
}

/** "between March and May 2024": the first month takes the year of the second. */
function yearOfEnd(first: Span, last: Span): string | null {
  const { since } = first.range;
  const until = last.range.until;
  if (since === null || until === null || since <= until) return since;
  const year = until.slice(0, 4);
  const moved = year + since.slice(4);
  return moved <= until ? moved : `${Number(year) - 1}${since.slice(4)}`;
}
