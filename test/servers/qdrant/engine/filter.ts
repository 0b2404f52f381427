import type { Collection, Point } from './collection.ts';
import { fieldCheck, hasNull, isEmpty } from './conditions.ts';
import { idOf } from './ids.ts';
import { isObject, pathOf, valuesAt } from './json-path.ts';
import { unserved } from './refusal.ts';
import { type Condition, type FieldCondition, type Filter, listed } from './requests.ts';

export type Passes = (point: Point) => boolean;

/**
 * A filter as a function (`lib/segment/src/index/query_optimization/optimizer.rs`): an empty list of conditions, `should`
 * included, is no condition.
 */
export function passing(filter: Filter, collection: Collection, within = ''): Passes {
  const all = (conditions: Filter['must']) =>
    listed(conditions).map((condition) => conditionOf(condition, collection, within));
  const must = all(filter.must);
  const mustNot = all(filter.must_not);
  const should = all(filter.should);
  const some = all(filter.min_should?.conditions);
  const enough = filter.min_should?.min_count ?? 0;
  return (point) =>
    must.every((passes) => passes(point)) &&
    !mustNot.some((passes) => passes(point)) &&
    (should.length === 0 || should.some((passes) => passes(point))) &&
    (some.length === 0 || some.filter((passes) => passes(point)).length >= enough);
}

/** @param within Path of the array whose elements are asked: there is neither id nor vector in there. */
function conditionOf(condition: Condition, collection: Collection, within: string): Passes {
  if ('key' in condition) {
    const full = within === '' ? condition.key : `${within}[].${condition.key}`;
    const tokenized = collection.payloadIndexes.get(full)?.kind === 'text';
    const check = fieldCheck(condition as FieldCondition, tokenized);
    return ({ payload }) => check(payload);
  }
  if ('is_empty' in condition) {
    const path = pathOf(condition.is_empty.key);
    return ({ payload }) => isEmpty(valuesAt(payload, path));
  }
  if ('is_null' in condition) {
    const path = pathOf(condition.is_null.key);
    return ({ payload }) => hasNull(valuesAt(payload, path));
  }
  if ('has_id' in condition) {
    const ids = new Set(condition.has_id.map(idOf));
    return ({ id }) => within === '' && ids.has(id);
  }
  if ('has_vector' in condition) {
    const name = condition.has_vector;
    return ({ vectors }) => within === '' && (vectors.dense.has(name) || vectors.sparse.has(name));
  }
  if ('nested' in condition) return nestedOf(condition.nested, collection, within);
  if ('slice' in condition) throw unserved('slices');
  return passing(condition, collection, within);
}

function nestedOf(
  { key, filter }: { readonly key: string; readonly filter: Filter },
  collection: Collection,
  within: string,
): Passes {
  const bare = key.replace(/\[\]$/u, '');
  const path = pathOf(`${bare}[]`);
  const inside = passing(filter, collection, within === '' ? bare : `${within}[].${bare}`);
  return (point) =>
    valuesAt(point.payload, path).some(
      (element) => isObject(element) && inside({ ...point, payload: element }),
    );
}

/** The points that pass, by the shortest way that the indexes know; in no order. */
export function matching(
  collection: Collection,
  filter: Filter | null | undefined,
): Iterable<Point> {
  if (!filter) return collection.points.values();
  const passes = passing(filter, collection);
  const near = candidates(collection, filter) ?? collection.points.values();
  return Array.from(near).filter(passes);
}

/** A set that all who pass are in, or undefined where no index says. */
export function candidates(collection: Collection, filter: Filter): Iterable<Point> | undefined {
  let best: ReadonlySet<Point> | undefined;
  for (const condition of listed(filter.must)) {
    const found = held(collection, condition);
    if (found && (best === undefined || found.size < best.size)) best = found;
  }
  return best;
}

function held(collection: Collection, condition: Condition): ReadonlySet<Point> | undefined {
  if ('has_id' in condition) {
    const known = condition.has_id.map((id) => collection.points.get(idOf(id)));
    return new Set(known.filter((point) => point !== undefined));
  }
  if ('must' in condition || 'should' in condition) {
    const inner = candidates(collection, condition);
    return inner && new Set(inner);
  }
  if (!('key' in condition)) return undefined;
  const { match, range, values_count: count, is_empty, is_null } = condition as FieldCondition;
  const index = collection.payloadIndexes.get(condition.key);
  // Several questions in one condition are alternatives: then an index on one of them says nothing.
  if (!match || !index || range || count || is_empty != null || is_null != null) return undefined;
  if ('value' in match) return index.holders(match.value);
  if (!('any' in match)) return undefined;
  const sets = match.any.map((value) => index.holders(value));
  if (sets.length === 1) return sets[0];
  if (sets.includes(undefined)) return undefined;
  return new Set(sets.flatMap((set) => Array.from(set ?? [])));
}
