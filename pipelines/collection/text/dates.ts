/**
 * A date as people and programs write it, as ISO 8601 in UTC, or null when it is none.
 *
 * Where no time zone is said it is taken as UTC, so that the result does not depend on the machine. Years
 * outside 1900–2100 are typing errors, not dates.
 */
export function parseDate(value: unknown): string | null {
  if (value instanceof Date) return inRange(value.getTime());
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (text.length < 4 || text.length > 64) return null;
  const iso =
    /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T\s]+(\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/i.exec(
      text,
    );
  if (iso) return fromParts(iso);
  // Everything else (RFC 2822, "May 1, 2024") must name its month; Date.parse guesses at bare numbers.
  if (!/[a-z]{3}/i.test(text) || !/\d{4}/.test(text)) return null;
  const zoned = /(?:Z|UTC|GMT|[ECMP][SD]T|[+-]\d{2}:?\d{2})\s*(?:\([^)]*\))?$/i.test(text);
  const plain = text.replace(/(\d)(?:st|nd|rd|th)\b/g, '$1').replace(/\s+at\s+/i, ' ');
  return inRange(Date.parse(zoned ? plain : `${plain} UTC`));
}

/** The date a file name begins with, as blogs name their posts: `2024-05-01-a-title.md`. */
export function dateInName(name: string): string | null {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[-_. ]|$)/.exec(name);
  return found?.[1] ? parseDate(found[1]) : null;
}

function fromParts(parts: RegExpExecArray): string | null {
  const [, year = '', month = '1', day = '1', time = '00:00', zone = 'Z'] = parts;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const midnight = new Date(`${date}T00:00:00Z`);
  // Date rolls 31 February over into March; that is no date.
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(date)) return null;
  const clock = time.padStart(time.length === 4 || time.length === 7 ? time.length + 1 : 0, '0');
  const offset = /^[+-]\d{4}$/.test(zone)
    ? `${zone.slice(0, 3)}:${zone.slice(3)}`
    : /^[+-]/.test(zone)
      ? zone
      : 'Z';
  return inRange(Date.parse(`${date}T${clock}${offset}`));
}

function inRange(time: number): string | null {
  if (Number.isNaN(time)) return null;
  const date = new Date(time);
  const year = date.getUTCFullYear();
  return year >= 1900 && year <= 2100 ? date.toISOString() : null;
}
