/** An unsigned integer below 2⁵³ (the real server's go to 2⁶⁴), or a UUID. */
export type PointId = number | string;

const uuid = /^(?:urn:uuid:)?\{?[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}\}?$/iu;

export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** Every spelling of a UUID names the same point: `ExtendedPointId` is parsed. */
export function idOf(given: PointId): PointId {
  if (typeof given === 'number') return given;
  const digits = given
    .toLowerCase()
    .replace(/^urn:uuid:/u, '')
    .replaceAll(/[{}-]/gu, '');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}

/** Numbers before UUIDs, as `ExtendedPointId` orders them: the order of scrolling. */
export function compareIds(a: PointId, b: PointId): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof b === 'number') return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
