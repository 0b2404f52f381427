import { type Collection, sortedIds } from './collection.ts';
import { matching, passing } from './filter.ts';
import { formulaScores } from './formula.ts';
import { distributions, reciprocalRanks } from './fusion.ts';
import { idOf, type PointId } from './ids.ts';
import { isObject } from './json-path.ts';
import { ordered } from './order-by.ts';
import type { Ranking, Scored } from './ranking.ts';
import { noPoint, unserved, wrongInput } from './refusal.ts';
import { type Filter, listed, type Prefetch, type Query, type Vector } from './requests.ts';
import { nearest } from './search.ts';
import { isSparse, vectorOf } from './vectors.ts';

export type Querying = {
  readonly collection: Collection;
  readonly ranking: Ranking;
  readonly lookUp: (name: string) => Collection;
};

const UNSERVED = [
  'recommend',
  'discover',
  'context',
  'relevance_feedback',
  'target',
  'text',
  'image',
  'object',
];

/**
 * The best `most` points of a query (`lib/shard/src/query/planned_query.rs`): prefetches first, which the query's filter
 * holds for too; then the query over what they found, or over everybody where there are none. By default each prefetch
 * keeps ten.
 */
export function answer(
  querying: Querying,
  request: Prefetch,
  most: number,
  inherited: readonly Filter[] = [],
): readonly Scored[] {
  const filters = [...inherited, ...(request.filter ? [request.filter] : [])];
  const lists = listed(request.prefetch).map((prefetch) =>
    answer(querying, prefetch, prefetch.limit ?? 10, filters),
  );
  const hasLists = listed(request.prefetch).length > 0;
  const found = scored(querying, request, hasLists ? lists : undefined, merged(filters), most);
  const { score_threshold: threshold } = request;
  const enough =
    typeof threshold === 'number'
      ? found.filter(({ score }) => score >= Math.fround(threshold))
      : found;
  return enough;
}

function scored(
  querying: Querying,
  request: Prefetch,
  lists: readonly (readonly Scored[])[] | undefined,
  filter: Filter | undefined,
  most: number,
): readonly Scored[] {
  const { collection, ranking } = querying;
  const { query } = request;
  const among = lists && new Set(lists.flat().map(({ point }) => point));
  if (query === null || query === undefined) {
    if (lists) throw wrongInput('Validation failed: cannot have prefetches without a query');
    return unranked(collection, filter, most);
  }
  const kind = kindOf(query);
  switch (kind.is) {
    case 'fusion': {
      if (!lists) throw wrongInput('Validation failed: cannot apply Fusion without prefetches');
      const fused = kind.dbsf ? distributions(lists) : reciprocalRanks(lists, kind);
      return ranking.best(fused, most);
    }
    case 'formula':
      if (!lists) throw wrongInput('Validation failed: cannot apply Formula without prefetches');
      return ranking.best(formulaScores(collection, kind, lists), most);
    case 'order':
      return ordered(collection, among ?? matching(collection, filter), kind.by)
        .slice(0, most)
        .map(alike);
    case 'sample': {
      return ranking.best(
        Array.from(among ?? matching(collection, filter), (point) => alike({ point })),
        most,
      );
    }
    case 'nearest': {
      const using = request.using ?? '';
      const { vector, except } = meant(querying, request, kind.to, using);
      const asked = { vector, using, filter, params: request.params, ...(among && { among }) };
      const near = nearest(collection, asked);
      return ranking.best(except === undefined ? near : others(near, except), most);
    }
  }
}

type Kind =
  | {
      readonly is: 'fusion';
      readonly dbsf?: boolean;
      readonly k?: number | null | undefined;
      readonly weights?: readonly number[] | null | undefined;
    }
  | ({ readonly is: 'formula' } & Extract<Query, { formula: unknown }>)
  | { readonly is: 'order'; readonly by: Extract<Query, { order_by: unknown }>['order_by'] }
  | { readonly is: 'sample' }
  | { readonly is: 'nearest'; readonly to: Vector | PointId };

function kindOf(query: Query): Kind {
  if (!isObject(query) || isSparse(query)) return { is: 'nearest', to: query as Vector | PointId };
  if ('fusion' in query) return { is: 'fusion', dbsf: query.fusion === 'dbsf' };
  if ('rrf' in query) return { is: 'fusion', ...query.rrf };
  if ('formula' in query) return { is: 'formula', ...query };
  if ('order_by' in query) return { is: 'order', by: query.order_by };
  if ('sample' in query) return { is: 'sample' };
  const other = UNSERVED.find((name) => name in query);
  if (other !== undefined) throw unserved(`queries of the kind ${other}`);
  if (!('nearest' in query)) throw unserved('this kind of query');
  if (query.mmr) throw unserved('maximal marginal relevance');
  return { is: 'nearest', to: query.nearest };
}

/** A point's id asks for what is near its vector, without itself. */
function meant(querying: Querying, request: Prefetch, to: Vector | PointId, using: string) {
  const { names } = querying.collection;
  if (typeof to !== 'number' && typeof to !== 'string') {
    return { vector: vectorOf(to, using, names), except: undefined };
  }
  const { lookup_from: from } = request;
  const elsewhere = from ? querying.lookUp(from.collection) : querying.collection;
  const point = elsewhere.points.get(idOf(to));
  if (!point) throw noPoint(to);
  const name = from?.vector ?? using;
  const vector = point.vectors.dense.get(name) ?? point.vectors.sparse.get(name);
  if (!vector) throw wrongInput(`Vector with name ${name} is not found in point ${to}`);
  return { vector, except: from ? undefined : point.id };
}

function* others(found: Iterable<Scored>, id: PointId): Iterable<Scored> {
  for (const one of found) if (one.point.id !== id) yield one;
}

/** The score of what is found without one (`query_scroll`). */
function alike({ point }: Pick<Scored, 'point'>): Scored {
  return { point, score: 1 };
}

/** Without a query: by id. */
function unranked(collection: Collection, filter: Filter | undefined, most: number) {
  const found: Scored[] = [];
  const passes = filter ? passing(filter, collection) : () => true;
  for (const id of sortedIds(collection)) {
    const point = collection.points.get(id);
    if (point && passes(point)) found.push(alike({ point }));
    if (found.length >= most) break;
  }
  return found;
}

function merged(filters: readonly Filter[]): Filter | undefined {
  return filters.length > 1 ? { must: filters } : filters[0];
}
