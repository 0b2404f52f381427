import type { Point } from './collection.ts';
import { pathOf, valuesAt } from './json-path.ts';
import { answer, type Querying } from './query.ts';
import type { Scored } from './ranking.ts';
import { unserved } from './refusal.ts';
import { type GroupsRequest, listed, type Prefetch } from './requests.ts';
import { shown } from './shown.ts';

/**
 * The best groups by their best point, three points of each where nothing is said (`lib/shard/src/grouping`). Points without
 * the field, or with one that is neither text nor an integer, are in no group; one with several values is in several.
 * Prefetches keep `group_size` times as many. The real server looks for further members a few times and gives up; this one
 * finds all.
 */
export function groups(querying: Querying, request: GroupsRequest): object {
  const { group_by: key, group_size: size, limit, with_lookup: lookup, ...query } = request;
  if (lookup) throw unserved('lookups of groups');
  const most = size ?? 3;
  const path = pathOf(key);
  const filter = {
    must: query.filter ? [query.filter] : [],
    must_not: { is_empty: { key } },
  };
  const all = { ...enlarged(query, most), filter };
  const found = answer(querying, all, querying.collection.points.size);
  const members = new Map<unknown, Scored[]>();
  for (const one of found) {
    for (const value of groupsOf(one.point, path)) {
      const group = members.get(value);
      if (!group) members.set(value, [one]);
      else if (group.length < most) group.push(one);
    }
  }
  const wanted = { ...request };
  return {
    groups: Array.from(members)
      .slice(0, limit ?? 10)
      .map(([id, hits]) => ({ id, hits: hits.map((hit) => scoredShown(hit, wanted)) })),
  };
}

/** A hit as replies show it. */
export function scoredShown({ point, score }: Scored, wanted: Parameters<typeof shown>[1]): object {
  const { id, ...others } = shown(point, wanted);
  return { id, version: point.version, score, ...others };
}

function groupsOf({ payload }: Point, path: ReturnType<typeof pathOf>): ReadonlySet<unknown> {
  const values = valuesAt(payload, path).flat();
  const usable = values.every((value) => typeof value === 'string' || Number.isSafeInteger(value));
  return new Set(usable ? values : []);
}

function enlarged<Q extends Prefetch>(query: Q, times: number): Q {
  const prefetch = listed(query.prefetch).map((one) => ({
    ...enlarged(one, times),
    limit: (one.limit ?? 10) * times,
  }));
  return { ...query, prefetch };
}
