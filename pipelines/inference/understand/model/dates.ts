import { type DateRange, dayRange, monthRange, yearRange } from '../calendar.ts';

const written = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/u;
/** Nobody's writing here is older. */
const firstYear = 1900;

/**
 * The stretch that a model's `since` and `until` mean: a year, a month or a day each, ISO 8601. Null where they are no
 * dates of the calendar, begin in the future, or end before they begin.
 */
export function sanePeriod(
  { since, until }: { readonly since: string | undefined; readonly until: string | undefined },
  now: string,
): DateRange | null {
  const first = since === undefined ? null : unitOf(since)?.since;
  const last = until === undefined ? null : unitOf(until)?.until;
  if (first === undefined || last === undefined || (first === null && last === null)) return null;
  if (first !== null && first > now) return null;
  if (first !== null && last !== null && last < first) return null;
  return { since: first, until: last };
}

function unitOf(text: string): DateRange | undefined {
  const match = written.exec(text.trim());
  if (!match) return undefined;
  const [year = 0, month, day] = match.slice(1).map((part) => part && Number(part)) as number[];
  if (year < firstYear) return undefined;
  if (month === undefined) return yearRange(year);
  if (month < 1 || month > 12) return undefined;
  if (day === undefined) return monthRange(year, month);
  const range = dayRange(year, month, day);
  // The 31st of February rolls over into March.
  const same = range.since?.slice(0, 10) === match[0].trim().slice(0, 10);
  return same ? range : undefined;
}
