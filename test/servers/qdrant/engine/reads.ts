import { type Collection, type Point, sortedIds } from './collection.ts';
import { candidates, matching, passing } from './filter.ts';
import { compareIds, idOf } from './ids.ts';
import { pathOf, valuesAt } from './json-path.ts';
import { ordered } from './order-by.ts';
import { badRequest, wrongInput } from './refusal.ts';
import type {
  CountRequest,
  FacetRequest,
  Filter,
  RetrieveRequest,
  ScrollRequest,
} from './requests.ts';
import { shown } from './shown.ts';

/** Those that there are, in the order asked for, with the payload unless that is refused. */
export function retrieve(collection: Collection, request: RetrieveRequest): readonly object[] {
  const points = request.ids.map((id) => collection.points.get(idOf(id)));
  const wanted = { ...request, with_payload: request.with_payload ?? true };
  return points.filter((point) => point !== undefined).map((point) => shown(point, wanted));
}

/** A page in the order of the ids, or of a field; ten at most where nothing is said. */
export function scroll(collection: Collection, request: ScrollRequest): object {
  const { filter, limit, offset, order_by: order } = request;
  const most = limit ?? 10;
  const wanted = { ...request, with_payload: request.with_payload ?? true };
  if (order) {
    if (offset !== null && offset !== undefined) {
      const instead = 'The alternative for paging is to use `order_by.start_from` and a filter';
      throw wrongInput(`Cannot use an \`offset\` when using \`order_by\`. ${instead}`);
    }
    const page = ordered(collection, matching(collection, filter), order).slice(0, most);
    const points = page.map(({ point, value }) => ({
      ...shown(point, wanted),
      order_value: value,
    }));
    return { points, next_page_offset: null };
  }
  const from = offset === null || offset === undefined ? undefined : idOf(offset);
  const page = pageOf(collection, filter, from, most + 1);
  return {
    points: page.slice(0, most).map((point) => shown(point, wanted)),
    next_page_offset: page[most]?.id ?? null,
  };
}

export function count(collection: Collection, { filter }: CountRequest): object {
  if (!filter) return { count: collection.points.size };
  return { count: Array.from(matching(collection, filter)).length };
}

/** How many points have each value of an indexed field: most first, then by the value; ten where nothing is said. */
export function facet(collection: Collection, { key, filter, limit }: FacetRequest): object {
  const index = collection.payloadIndexes.get(key);
  if (!index || !['keyword', 'integer', 'bool', 'uuid'].includes(index.kind)) {
    const see =
      'Check https://qdrant.tech/documentation/concepts/indexing/#payload-index to see which payload schemas support Match conditions';
    throw badRequest(
      `No appropriate index for faceting: \`${key}\`. Please create one to facet on this field. ${see}`,
    );
  }
  const counts = new Map<unknown, number>();
  if (filter) {
    const path = pathOf(key);
    for (const { payload } of matching(collection, filter)) {
      for (const value of new Set(valuesAt(payload, path).flat())) {
        if (index.holders(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
    }
  } else for (const [value, holders] of index.values()) counts.set(value, holders.size);
  const hits = Array.from(counts, ([value, count]) => ({ value, count }));
  hits.sort((a, b) => b.count - a.count || compareValues(a.value, b.value));
  return { hits: hits.slice(0, limit ?? 10) };
}

function pageOf(
  collection: Collection,
  filter: Filter | null | undefined,
  from: Point['id'] | undefined,
  most: number,
): readonly Point[] {
  const passes = filter ? passing(filter, collection) : () => true;
  const later = (id: Point['id']) => from === undefined || compareIds(id, from) >= 0;
  const few = filter && candidates(collection, filter);
  if (few) {
    return Array.from(few)
      .filter((point) => later(point.id) && passes(point))
      .sort((a, b) => compareIds(a.id, b.id))
      .slice(0, most);
  }
  const ids = sortedIds(collection);
  const page: Point[] = [];
  for (let at = from === undefined ? 0 : firstFrom(ids, from); at < ids.length; at += 1) {
    const point = collection.points.get(ids[at] ?? '');
    if (point && passes(point)) page.push(point);
    if (page.length === most) break;
  }
  return page;
}

function firstFrom(ids: readonly Point['id'][], from: Point['id']): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareIds(ids[middle] ?? 0, from) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}
