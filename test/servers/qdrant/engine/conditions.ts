import { isObject, pathOf, valuesAt } from './json-path.ts';
import { momentOf } from './moments.ts';
import { unserved } from './refusal.ts';
import type { Bounds, FieldCondition, Match } from './requests.ts';

export type Check = (value: unknown) => boolean;

/**
 * Whether one payload passes a condition on a field (`lib/segment/src/payload_storage/query_checker.rs`,
 * `index/condition_checker.rs`). What is not there passes only what asks for that: neither `match` nor `range`, and
 * `except` does not either.
 *
 * @param tokenized whether the field has a full-text index, which makes `text` a question of words, not of letters.
 */
export function fieldCheck(condition: FieldCondition, tokenized: boolean): Check {
  const { key, match, range, values_count: count, is_empty: empty, is_null: isNull } = condition;
  if (condition.geo_bounding_box || condition.geo_polygon || condition.geo_radius) {
    throw unserved('conditions on places');
  }
  const path = pathOf(key);
  const one = valueCheck(match ?? undefined, range ?? undefined, tokenized);
  return (payload) => {
    const values = valuesAt(payload, path);
    if (count) return values.some((value) => within(count, lengthOf(value)));
    if (typeof empty === 'boolean') {
      return values.length === 0 ? empty : values.some((value) => isEmpty([value]) === empty);
    }
    if (typeof isNull === 'boolean') {
      return values.length === 0 ? !isNull : values.some((value) => hasNull([value]) === isNull);
    }
    return values.some((value) => (Array.isArray(value) ? value.some(one) : one(value)));
  };
}

/** Nothing, null or an empty list; a list of nulls is not empty. */
export function isEmpty(values: readonly unknown[]): boolean {
  return values.every((value) => value === null || (Array.isArray(value) && value.length === 0));
}

/** Null, or a list with null in it. */
export function hasNull(values: readonly unknown[]): boolean {
  return values.some((value) => value === null || (Array.isArray(value) && value.includes(null)));
}

function valueCheck(
  match: Match | undefined,
  range: FieldCondition['range'],
  tokenized: boolean,
): Check {
  const checks: Check[] = [];
  if (match) checks.push(matchCheck(match, tokenized));
  if (range) checks.push(rangeCheck(range));
  return (value) => checks.some((check) => check(value));
}

function matchCheck(match: Match, tokenized: boolean): Check {
  if ('value' in match) return (value) => value === match.value;
  if ('any' in match) {
    const allowed = new Set<unknown>(match.any);
    return (value) => allowed.has(value);
  }
  if ('except' in match) {
    const refused = new Set<unknown>(match.except);
    return (value) => value !== null && !refused.has(value);
  }
  if ('text' in match) {
    if (!tokenized) return (value) => typeof value === 'string' && value.includes(match.text);
    const wanted = wordsOf(match.text);
    return (value) => {
      const words = new Set(wordsOf(value));
      return wanted.length > 0 && wanted.every((word) => words.has(word));
    };
  }
  if ('text_any' in match) {
    if (!tokenized) {
      const parts = match.text_any.split(/\s+/u).filter((part) => part !== '');
      return (value) => typeof value === 'string' && parts.some((part) => value.includes(part));
    }
    const wanted = new Set(wordsOf(match.text_any));
    return (value) => wordsOf(value).some((word) => wanted.has(word));
  }
  throw unserved('matches of phrases and prefixes');
}

/** As the full-text index's `word` tokenizer makes them: runs of letters and digits, in lower case. */
function wordsOf(text: unknown): readonly string[] {
  return typeof text === 'string' ? (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) : [];
}

function rangeCheck(range: NonNullable<FieldCondition['range']>): Check {
  const bounds = Object.values(range).filter((bound) => bound !== null);
  if (!bounds.some((bound) => typeof bound === 'string')) {
    return (value) => typeof value === 'number' && within(range as Bounds<number>, value);
  }
  const moments = Object.fromEntries(
    Object.entries(range).map(([name, bound]) => [name, momentOf(bound) ?? null]),
  );
  return (value) => {
    const moment = momentOf(value);
    return moment !== undefined && within(moments, moment);
  };
}

function within({ lt, lte, gt, gte }: Bounds<number>, value: number): boolean {
  return (
    (typeof lt !== 'number' || value < lt) &&
    (typeof lte !== 'number' || value <= lte) &&
    (typeof gt !== 'number' || value > gt) &&
    (typeof gte !== 'number' || value >= gte)
  );
}

function lengthOf(value: unknown): number {
  if (value === null) return 0;
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : 1;
}
