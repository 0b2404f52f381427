import type { Schemas } from '@qdrant/js-client-rest';
import { type Access, momentOf } from '../access.ts';

export type Filter = Schemas['Filter'];
export type Condition = Extract<NonNullable<Filter['must']>, readonly unknown[]>[number];

export const is = (key: string, value: string | number): Condition => ({ key, match: { value } });
export const isOneOf = (key: string, any: readonly string[]): Condition => ({
  key,
  match: { any: [...any] },
});

/**
 * Access as conditions that all must hold, or `nothing` where no document can pass: an empty list is not sent, as
 * servers differ on what it means.
 */
export function accessConditions(access: Access | undefined): readonly Condition[] | 'nothing' {
  const conditions: Condition[] = [];
  const lists = [
    ['origin', access?.origins],
    ['source', access?.sources],
    ['author', access?.authors],
  ] as const;
  for (const [key, allowed] of lists) {
    if (!allowed) continue;
    if (allowed.length === 0) return 'nothing';
    conditions.push(isOneOf(key, allowed));
  }
  if (access?.since !== undefined) {
    const moment = momentOf(access.since);
    if (moment === null) return 'nothing';
    // What has no date has no value to compare, and does not match.
    conditions.push({ key: 'publishedAt', range: { gte: new Date(moment).toISOString() } });
  }
  return conditions;
}
