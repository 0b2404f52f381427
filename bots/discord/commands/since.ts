import type { Overview } from '../../conversation/knowledge.ts';
import type { Say } from '../../strings/strings.ts';

/** A year, a month or a day as the first day it means, ISO 8601; undefined for anything else. */
export function readSince(typed: string): string | undefined {
  const parts = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/u.exec(typed.trim());
  if (parts === null) return undefined;
  const [, year = '', month = '1', day = '1'] = parts;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const iso = date.toISOString().slice(0, 10);
  // The 31st of February would quietly become a day in March.
  return iso === `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` ? iso : undefined;
}

const dayMs = 86_400_000;

/** Dates worth choosing: some spans back from now, and the years in which something was written. */
export function suggestedSince(
  typed: string,
  { earliest, latest }: Overview,
  say: Say,
  nowMs: number,
): readonly { readonly name: string; readonly value: string }[] {
  const spans = [7, 30, 365].map((days) => {
    const value = new Date(nowMs - days * dayMs).toISOString().slice(0, 10);
    return { name: `${say.ago(nowMs - days * dayMs, nowMs)} (${value})`, value };
  });
  const years = yearsBetween(earliest, latest).map((year) => ({ name: year, value: year }));
  const read = readSince(typed);
  const own = read === undefined || typed.trim().length <= 4 ? [] : [{ name: read, value: read }];
  const fitting = [...spans, ...years].filter(
    ({ name, value }) =>
      name.toLowerCase().includes(typed.toLowerCase()) || value.startsWith(typed),
  );
  return [...own, ...fitting].slice(0, 25);
}

function yearsBetween(earliest: string | null, latest: string | null): readonly string[] {
  const first = Number(earliest?.slice(0, 4));
  const last = Number(latest?.slice(0, 4));
  if (!(first > 0) || !(last >= first)) return [];
  return Array.from({ length: Math.min(20, last - first + 1) }, (_, back) => String(last - back));
}
