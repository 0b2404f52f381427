import { isUuid } from './ids.ts';
import { isObject } from './json-path.ts';
import type { Kind } from './payload-index.ts';
import {
  type Condition,
  type Expression,
  type FieldCondition,
  type Filter,
  listed,
} from './requests.ts';

/** A field, and the kinds of index of which one has to be there. */
export type Needs = readonly [key: string, kinds: readonly Kind[]];

const ANY: readonly Kind[] = [
  'keyword',
  'integer',
  'float',
  'geo',
  'text',
  'bool',
  'datetime',
  'uuid',
];

/** Every condition of a filter, however deep. */
export function conditionsIn(filter: Filter, within = ''): { needs?: Needs; values: number }[] {
  const { must, must_not, should, min_should } = filter;
  const lists = [must, must_not, should, min_should?.conditions];
  return lists.flatMap((list) => listed(list).flatMap((condition) => ofOne(condition, within)));
}

function ofOne(condition: Condition, within: string): { needs?: Needs; values: number }[] {
  const under = (key: string) => (within === '' ? key : `${within}[].${key}`);
  if ('key' in condition) {
    const field = condition as FieldCondition;
    return [{ needs: [under(field.key), kindsFor(field)], values: valuesOf(field) }];
  }
  if ('is_empty' in condition) return [{ needs: [under(condition.is_empty.key), ANY], values: 0 }];
  if ('is_null' in condition) return [{ needs: [under(condition.is_null.key), ANY], values: 0 }];
  if ('has_id' in condition) return [{ values: condition.has_id.length }];
  if ('nested' in condition) {
    const { key, filter } = condition.nested;
    return conditionsIn(filter, under(key.replace(/\[\]$/u, '')));
  }
  return 'has_vector' in condition || 'slice' in condition
    ? [{ values: 0 }]
    : conditionsIn(condition, within);
}

function kindsFor({ match, range }: FieldCondition): readonly Kind[] {
  if (match) {
    if (!('value' in match || 'any' in match || 'except' in match)) return ['text'];
    const asked = 'value' in match ? [match.value] : 'any' in match ? match.any : match.except;
    if (asked.length === 0) return [];
    if (typeof asked[0] === 'boolean') return ['bool'];
    if (typeof asked[0] === 'number') return ['integer'];
    return asked.every((value) => isUuid(String(value))) ? ['keyword', 'uuid'] : ['keyword'];
  }
  if (!range) return ANY;
  const isDated = Object.values(range).some((bound) => typeof bound === 'string');
  return isDated ? ['datetime'] : ['float', 'integer'];
}

function valuesOf({ match }: FieldCondition): number {
  if (!match) return 0;
  return 'any' in match ? match.any.length : 'except' in match ? match.except.length : 1;
}

/** The fields that a formula reads. */
export function fieldsIn(expression: Expression): readonly Needs[] {
  if (typeof expression === 'string') {
    return expression.startsWith('$') ? [] : [[expression, ['float', 'integer']]];
  }
  if (!isObject(expression)) return [];
  if ('datetime_key' in expression) return [[expression['datetime_key'] as string, ['datetime']]];
  const parts: Readonly<Record<string, unknown>> = expression;
  const operands = ['sum', 'mult', 'neg', 'abs', 'sqrt', 'exp', 'ln', 'log10'];
  const records = ['div', 'pow', 'exp_decay', 'gauss_decay', 'lin_decay'];
  const inner = [
    ...operands.flatMap((name) => listed(parts[name] as Expression | undefined)),
    ...records.flatMap((name) => Object.values((parts[name] ?? {}) as object) as Expression[]),
  ];
  if (inner.length > 0) return inner.flatMap(fieldsIn);
  if ('datetime' in expression) return [];
  return conditionsIn({ must: [expression as Condition] }, '').flatMap(({ needs }) =>
    needs ? [needs] : [],
  );
}
