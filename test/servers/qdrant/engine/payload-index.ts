import type { Point } from './collection.ts';
import { isUuid } from './ids.ts';
import { pathOf, valuesAt } from './json-path.ts';
import { momentOf } from './moments.ts';
import { unserved, wrongInput } from './refusal.ts';

export type Kind = 'keyword' | 'integer' | 'float' | 'geo' | 'text' | 'bool' | 'datetime' | 'uuid';
export type Schema = Kind | ({ readonly type: Kind } & Readonly<Record<string, unknown>>);

/** One field's index: what strict mode asks for, and the way to few points without looking at all. */
export type PayloadIndex = {
  readonly kind: Kind;
  readonly schema: Schema;
  add(point: Point): void;
  remove(point: Point): void;
  /** Points with at least one value of the index's kind. */
  count(): number;
  /** Who has that value; undefined where this kind of index cannot say. */
  holders(value: unknown): ReadonlySet<Point> | undefined;
  /** All values with who has them: what facets count. */
  values(): Iterable<readonly [unknown, ReadonlySet<Point>]>;
};

/** What makes other words of a text. */
const WORDS = new Set([
  'tokenizer',
  'min_token_len',
  'max_token_len',
  'lowercase',
  'ascii_folding',
  'phrase_matching',
  'stopwords',
  'stemmer',
]);
const USUAL = ['tokenizer word', 'lowercase true'];
const exact: ReadonlySet<Kind> = new Set(['keyword', 'integer', 'bool', 'uuid']);
const fits: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  keyword: (value) => typeof value === 'string',
  uuid: (value) => typeof value === 'string' && isUuid(value),
  text: (value) => typeof value === 'string',
  integer: Number.isSafeInteger,
  float: (value) => typeof value === 'number',
  bool: (value) => typeof value === 'boolean',
  datetime: (value) => momentOf(value) !== undefined,
  geo: (value) => value !== null && typeof value === 'object' && 'lon' in value,
};

export function openPayloadIndex(field: string, schema: Schema | null | undefined): PayloadIndex {
  if (!schema) throw wrongInput('Field schema is required');
  const kind = typeof schema === 'string' ? schema : schema.type;
  const options = Object.entries(typeof schema === 'string' ? {} : schema);
  const asked = options.filter(([name, value]) => WORDS.has(name) && value !== null);
  if (asked.some((option) => !USUAL.includes(option.join(' ')))) {
    throw unserved('other full-text indexes than of plain words in lower case');
  }
  const path = pathOf(field);
  const holding = new Set<Point>();
  const byValue = new Map<unknown, Set<Point>>();
  const valuesOf = (point: Point) =>
    new Set(
      valuesAt(point.payload, path)
        .flat()
        .filter((value) => fits[kind](value)),
    );
  return {
    kind,
    schema,
    add(point) {
      const values = valuesOf(point);
      if (values.size > 0) holding.add(point);
      if (!exact.has(kind)) return;
      for (const value of values) {
        const holders = byValue.get(value);
        if (holders) holders.add(point);
        else byValue.set(value, new Set([point]));
      }
    },
    remove(point) {
      if (!holding.delete(point) || !exact.has(kind)) return;
      for (const value of valuesOf(point)) {
        const holders = byValue.get(value);
        holders?.delete(point);
        if (holders?.size === 0) byValue.delete(value);
      }
    },
    count: () => holding.size,
    holders: (value) =>
      exact.has(kind) && fits[kind](value) ? (byValue.get(value) ?? nobody) : undefined,
    values: () => byValue,
  };
}

const nobody: ReadonlySet<Point> = new Set();
