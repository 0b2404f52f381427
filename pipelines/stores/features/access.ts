/**
 * Who may see what. The only hard filter there is: a chunk that does not pass is never read, scored,
 * counted or cited. Absent fields allow everything; an empty list allows nothing.
 */
export type Access = {
  readonly origins?: readonly string[];
  readonly sources?: readonly string[];
  /** Ids of authors. */
  readonly authors?: readonly string[];
  /**
   * ISO 8601, inclusive; UTC where it does not say. What has no date does not pass, and where this is no date
   * nothing does.
   */
  readonly since?: string;
};

/** What passes both: of lists what stands in both, of dates the later one. `undefined` allows everything. */
export function intersect(a: Access | undefined, b: Access | undefined): Access | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const origins = inBoth(a.origins, b.origins);
  const sources = inBoth(a.sources, b.sources);
  const authors = inBoth(a.authors, b.authors);
  const since = later(a.since, b.since);
  return {
    ...(origins && { origins }),
    ...(sources && { sources }),
    ...(authors && { authors }),
    ...(since !== undefined && { since }),
  };
}

/** The same for accesses that let the same pass by saying the same in another order. For caches. */
export function accessKey(access: Access | undefined): string {
  const { origins, sources, authors, since } = access ?? {};
  const list = (of: readonly string[] | undefined) => (of ? [...new Set(of)].sort() : null);
  return JSON.stringify([list(origins), list(sources), list(authors), since ?? null]);
}

const dated =
  /^\d{4}(?:-\d\d(?:-\d\d(?<time>T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:\d\d)?)?)?)?$/u;

/** Milliseconds since 1970 of an ISO 8601 date, or null where it is none. */
export function momentOf(since: string): number | null {
  const parts = dated.exec(since)?.groups;
  if (parts === undefined) return null;
  const { time, zone } = parts;
  const moment = Date.parse(time !== undefined && zone === undefined ? `${since}Z` : since);
  return Number.isNaN(moment) ? null : moment;
}

function inBoth(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const allowed = new Set(b);
  return [...new Set(a)].filter((each) => allowed.has(each));
}

/** What is no date lets nothing pass, so it is later than any. */
function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const [first, second] = [momentOf(a), momentOf(b)];
  return first === null || (second !== null && first >= second) ? a : b;
}
