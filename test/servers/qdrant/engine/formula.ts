import type { Collection, Point } from './collection.ts';
import { passing } from './filter.ts';
import { pathOf, valuesAt } from './json-path.ts';
import { momentOf } from './moments.ts';
import type { Scored } from './ranking.ts';
import { unserved, wrongInput } from './refusal.ts';
import type { Condition, Decay, Expression, Payload } from './requests.ts';

type Evaluate = (point: Point) => number;
type Context = {
  readonly collection: Collection;
  readonly scores: readonly ReadonlyMap<Point, number>[];
  readonly defaults: Payload;
};

/**
 * Scores what the prefetches found by a formula, in float64, and rounds the end to float32
 * (`lib/segment/src/index/query_optimization/rescore_formula/formula_scorer.rs`). `$score` is that of the first prefetch,
 * `$score[1]` of the second; a point that it did not find has 0 there, or the default. Moments are seconds. A payload that
 * lacks a key without default refuses the whole request.
 */
export function formulaScores(
  collection: Collection,
  { formula, defaults = {} }: { readonly formula: Expression; readonly defaults?: Payload },
  lists: readonly (readonly Scored[])[],
): readonly Scored[] {
  const scores = lists.map(
    (list) => new Map(list.map(({ point, score }) => [point, score] as const)),
  );
  const evaluate = compiled(formula, { collection, scores, defaults });
  const points = new Set(lists.flat().map(({ point }) => point));
  return Array.from(points, (point) => ({ point, score: Math.fround(evaluate(point)) }));
}

function compiled(expression: Expression, context: Context): Evaluate {
  const inner = (one: Expression) => compiled(one, context);
  if (typeof expression === 'number') return () => Math.fround(expression);
  if (typeof expression === 'string') return variable(expression, context);
  if ('sum' in expression) {
    const terms = expression.sum.map(inner);
    return (point) => terms.reduce((sum, term) => sum + term(point), 0);
  }
  if ('mult' in expression) {
    const factors = expression.mult.map(inner);
    return (point) => product(factors, point);
  }
  if ('neg' in expression) {
    const value = inner(expression.neg);
    return (point) => -value(point);
  }
  if ('abs' in expression) {
    const value = inner(expression.abs);
    return (point) => Math.abs(value(point));
  }
  if ('div' in expression) {
    const { left, right, by_zero_default: otherwise } = expression.div;
    return quotient(inner(left), inner(right), otherwise ?? undefined);
  }
  if ('pow' in expression) {
    const [base, exponent] = [inner(expression.pow.base), inner(expression.pow.exponent)];
    return (point) => {
      const [b, e] = [base(point), exponent(point)];
      return finite(b ** e, `${b}^${e}`);
    };
  }
  if ('sqrt' in expression) return unary(inner(expression.sqrt), Math.sqrt, (x) => `√${x}`);
  if ('exp' in expression) return unary(inner(expression.exp), Math.exp, (x) => `exp(${x})`);
  if ('ln' in expression) return unary(inner(expression.ln), Math.log, (x) => `ln(${x})`);
  if ('log10' in expression) {
    return unary(inner(expression.log10), Math.log10, (x) => `log10(${x})`);
  }
  if ('datetime' in expression) {
    const moment = momentOf(expression.datetime);
    if (moment === undefined) {
      throw wrongInput(`Validation failed: failed to parse date-time ${expression.datetime}`);
    }
    return () => moment / 1e6;
  }
  if ('datetime_key' in expression) {
    const key = expression.datetime_key;
    return payloadValue(key, context, 'datetime', (value) => {
      const moment = momentOf(value);
      return moment === undefined ? undefined : moment / 1e6;
    });
  }
  if ('exp_decay' in expression) return decay('exp', expression.exp_decay, inner);
  if ('gauss_decay' in expression) return decay('gauss', expression.gauss_decay, inner);
  if ('lin_decay' in expression) return decay('lin', expression.lin_decay, inner);
  if ('geo_distance' in expression) throw unserved('distances on earth');
  const passes = passing({ must: [expression as Condition] }, context.collection);
  return (point) => (passes(point) ? 1 : 0);
}

function variable(name: string, context: Context): Evaluate {
  if (!name.startsWith('$')) {
    return payloadValue(name, context, 'number', (value) =>
      typeof value === 'number' ? value : undefined,
    );
  }
  const found = /^\$score(?:\[(?<at>\d+)\])?$/u.exec(name);
  if (!found) {
    const why = name.startsWith('$score') ? 'Invalid reserved variable' : 'Invalid reserved word';
    throw wrongInput(`Validation failed: failed to parse variable ID ${name}: ${why}: ${name}`);
  }
  const at = Number(found.groups?.['at'] ?? 0);
  const otherwise =
    context.defaults[at === 0 && '$score' in context.defaults ? '$score' : `$score[${at}]`];
  const missing = typeof otherwise === 'number' ? otherwise : 0;
  return (point) => context.scores[at]?.get(point) ?? missing;
}

function payloadValue(
  key: string,
  { defaults }: Context,
  type: string,
  read: (value: unknown) => number | undefined,
): Evaluate {
  const path = pathOf(key);
  const wrong = (why: string) =>
    wrongInput(
      `Expected ${type} value for ${key} in the payload and/or in the formula defaults. Error: ${why}`,
    );
  return ({ payload }) => {
    const values = valuesAt(payload, path).flat();
    const value = values.length > 1 ? values : (values[0] ?? defaults[key]);
    if (value === undefined || value === null) {
      throw wrong('No value found in a payload nor defaults');
    }
    const number = read(value);
    if (number === undefined) throw wrong(`Value is not a ${type === 'number' ? type : 'string'}`);
    return number;
  };
}

/** A factor of 0 ends it: those after it are not even looked at. */
function product(factors: readonly Evaluate[], point: Point): number {
  let result = 1;
  for (const factor of factors) {
    const value = factor(point);
    if (value === 0) return 0;
    result *= value;
  }
  return result;
}

function quotient(left: Evaluate, right: Evaluate, otherwise: number | undefined): Evaluate {
  return (point) => {
    const above = left(point);
    if (above === 0) return 0;
    const below = right(point);
    if (below === 0 && otherwise !== undefined) return Math.fround(otherwise);
    return finite(above / below, `${above}/${below}`);
  };
}

function unary(value: Evaluate, of: (x: number) => number, said: (x: number) => string): Evaluate {
  return (point) => {
    const x = value(point);
    return finite(of(x), said(x));
  };
}

function finite(value: number, expression: string): number {
  if (Number.isFinite(value)) return value;
  const shown = Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf';
  throw wrongInput(`The expression ${expression} = ${shown} produced a non-finite number`);
}

/** Half of it is left at `scale` from the target, where no `midpoint` says otherwise (`decay_params_to_lambda`). */
function decay(
  kind: 'lin' | 'exp' | 'gauss',
  { x, target, midpoint, scale }: Decay,
  inner: (one: Expression) => Evaluate,
): Evaluate {
  const [middle, width] = [Math.fround(midpoint ?? 0.5), Math.fround(scale ?? 1)];
  const open = kind !== 'lin';
  if (middle < 0 || middle > 1 || (open && (middle === 0 || middle === 1))) {
    const rule = open
      ? 'Decay midpoint should be in the range (0.0, 1.0)'
      : 'Linear decay midpoint should be in the range [0.0, 1.0]';
    throw wrongInput(`Validation failed: ${rule}, got ${middle}.`);
  }
  if (width <= 0) {
    throw wrongInput(`Validation failed: Decay scale should be non-zero positive, got ${width}.`);
  }
  const at = inner(x);
  const goal = target === null || target === undefined ? () => 0 : inner(target);
  return (point) => {
    const away = Math.abs(at(point) - goal(point));
    if (kind === 'exp') return Math.exp((Math.log(middle) / width) * away);
    if (kind === 'gauss') return Math.exp((Math.log(middle) / width ** 2) * away * away);
    return Math.max(0, 1 - ((1 - middle) / width) * away);
  };
}
