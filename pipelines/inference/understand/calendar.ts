/** A stretch of time, ISO 8601 UTC, both ends inclusive; null where it is open. */
export type DateRange = { readonly since: string | null; readonly until: string | null };

const millisecond = (time: number) => new Date(time).toISOString();

/** From the first to the last millisecond of `years`, `months` or `days` starting at the date. */
function stretch(year: number, month: number, day: number, length: [number, number, number]) {
  const [years, months, days] = length;
  const end = Date.UTC(year + years, month - 1 + months, day + days);
  return { since: millisecond(Date.UTC(year, month - 1, day)), until: millisecond(end - 1) };
}

export const dayRange = (year: number, month: number, day: number): DateRange =>
  stretch(year, month, day, [0, 0, 1]);
export const monthRange = (year: number, month: number): DateRange =>
  stretch(year, month, 1, [0, 1, 0]);
export const quarterRange = (year: number, quarter: number): DateRange =>
  stretch(year, quarter * 3 - 2, 1, [0, 3, 0]);
/** The first or second half of a year. */
export const halfRange = (year: number, half: number): DateRange =>
  stretch(year, half * 6 - 5, 1, [0, 6, 0]);
export const yearRange = (year: number): DateRange => stretch(year, 1, 1, [1, 0, 0]);
/** The week from Monday to Sunday that holds the date, moved by `weeks`. */
export function weekRange(now: Date, weeks: number): DateRange {
  const monday = now.getUTCDate() - ((now.getUTCDay() + 6) % 7) + 7 * weeks;
  return stretch(now.getUTCFullYear(), now.getUTCMonth() + 1, monday, [0, 0, 7]);
}

export const seasons = ['spring', 'summer', 'autumn', 'winter'] as const;
export type Season = (typeof seasons)[number];

/** Northern seasons: spring is March to May; winter begins in December of `year`. */
export const seasonRange = (season: Season, year: number): DateRange =>
  stretch(year, 3 * seasons.indexOf(season) + 3, 1, [0, 3, 0]);

/** The latest one that has begun, or with `ended` the latest that is over. */
export function latestSeason(season: Season, now: Date, ended: boolean): DateRange {
  const year = now.getUTCFullYear();
  const past = [year, year - 1, year - 2].map((each) => seasonRange(season, each));
  const time = now.toISOString();
  const fits = ({ since, until }: DateRange) => ((ended ? until : since) ?? '') <= time;
  return past.find(fits) ?? seasonRange(season, year - 2);
}

/** What a preposition makes of a range: "since May" has no end, "before May" ends before it begins. */
export function bounded(range: DateRange, preposition: string): DateRange {
  switch (preposition) {
    case 'since':
      return { since: range.since, until: null };
    case 'after':
      return { since: range.until && millisecond(Date.parse(range.until) + 1), until: null };
    case 'before':
      return { since: null, until: range.since && millisecond(Date.parse(range.since) - 1) };
    case 'until':
    case 'till':
    case 'by':
      return { since: null, until: range.until };
    default:
      return range;
  }
}

export const within = (publishedAt: string, { since, until }: DateRange): boolean =>
  (since === null || publishedAt >= since) && (until === null || publishedAt <= until);

/** For people: "2023-10-01 to 2023-10-31", "since 2023-01-01". */
export function readable({ since, until }: DateRange): string {
  const from = since?.slice(0, 10);
  const to = until?.slice(0, 10);
  if (from && to) return from === to ? from : `${from} to ${to}`;
  return from ? `since ${from}` : `until ${to ?? 'any time'}`;
}
