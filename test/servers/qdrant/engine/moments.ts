const written =
  /^(?<day>\d{4}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d)?)(?:\.(?<fraction>\d{1,9}))?)?\s?(?<zone>Z|z|[+-]\d\d(?::?\d\d)?)?$/u;

/**
 * Microseconds since 1970 of a date as Qdrant reads it (`DateTimePayloadType`: RFC 3339, a blank for the T, no time, no
 * zone, which is UTC then); undefined where it is none.
 */
export function momentOf(text: unknown): number | undefined {
  const parts = typeof text === 'string' ? written.exec(text)?.groups : undefined;
  if (parts === undefined) return undefined;
  const { day, time = '00:00', fraction = '', zone = 'Z' } = parts;
  const colon = zone.replace(
    /^([+-]\d\d)(\d\d)?$/u,
    (_, hours: string, minutes = '00') => `${hours}:${minutes}`,
  );
  const ms = Date.parse(`${day}T${time}${colon.toUpperCase()}`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
