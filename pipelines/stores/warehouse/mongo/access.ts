import type { Filter } from 'mongodb';
import { type Access, momentOf } from '../../features/access.ts';
import type { Stored } from './stored.ts';

/** Access as a filter over live documents; what passes is what SQLite's `accessSql` lets pass. */
export function liveFilter(access: Access | undefined): Filter<Stored> {
  const { origins, sources, authors, since } = access ?? {};
  return {
    state: 'live',
    ...(origins && { origin: { $in: [...origins] } }),
    ...(sources && { source: { $in: [...sources] } }),
    ...(authors && { 'author.id': { $in: [...authors] } }),
    ...(since !== undefined && { publishedMs: from(since) }),
  };
}

/** As moments, not as strings: "…00Z" and "…00.000Z" are the same one. Null, being no number, never passes. */
function from(since: string): { readonly $gte: number } | { readonly $in: number[] } {
  const moment = momentOf(since);
  return moment === null ? { $in: [] } : { $gte: moment };
}
