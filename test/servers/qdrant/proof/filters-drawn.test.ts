import type { Schemas } from '@qdrant/js-client-rest';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, passing, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

type Filter = Schemas['Filter'];

describe('filters drawn at random', () => {
  const letter = fc.constantFrom('a', 'b', 'c');
  const digit = fc.integer({ min: 0, max: 4 });
  const day = fc.integer({ min: 1, max: 9 }).map((at) => `2026-01-0${at}T00:00:00Z`);
  const payload = fc.record(
    {
      word: fc.oneof(letter, fc.array(letter, { maxLength: 3 }), fc.constant(null)),
      count: fc.oneof(digit, fc.array(digit, { maxLength: 3 })),
      at: day,
    },
    { requiredKeys: [] },
  );
  const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 3 });
  const atLeastOne = <T>(of: fc.Arbitrary<T>) => fc.uniqueArray(of, { minLength: 1, maxLength: 3 });
  const field = fc.oneof(
    letter.map((value) => ({ key: 'word', match: { value } })),
    atLeastOne(letter).map((any) => ({ key: 'word', match: { any } })),
    atLeastOne(letter).map((except) => ({ key: 'word', match: { except } })),
    digit.map((value) => ({ key: 'count', match: { value } })),
    fc.tuple(digit, digit).map(([gte, lt]) => ({ key: 'count', range: { gte, lt } })),
    day.map((gt) => ({ key: 'at', range: { gt } })),
    fc.boolean().map((is_empty) => ({ key: 'word', is_empty })),
    fc.constant({ is_null: { key: 'word' } }),
    fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }).map((has_id) => ({ has_id })),
  );
  const { filter } = fc.letrec<{ filter: Filter; condition: Schemas['Condition'] }>((tie) => ({
    condition: fc.oneof({ depthSize: 'small' }, field, tie('filter')),
    filter: fc.record(
      {
        must: some(tie('condition')),
        must_not: some(tie('condition')),
        should: some(tie('condition')),
        min_should: fc.record({
          conditions: atLeastOne(tie('condition')),
          min_count: fc.integer({ min: 1, max: 2 }),
        }),
      },
      { requiredKeys: [] },
    ),
  }));

  it('let pass whom a plain reading lets pass, indexed or not', async () => {
    const { client } = stage;
    const payloads = fc.sample(payload, { numRuns: 40, seed: 7 });
    const points = payloads.map((one, at) => ({ id: at + 1, vector: {}, payload: one }));
    const bare = await stage.fresh({ vectors: {} }, points);
    const indexed = await stage.fresh({ vectors: {} }, points);
    for (const [field_name, field_schema] of Object.entries({
      word: 'keyword',
      count: 'integer',
      at: 'datetime',
    } as const)) {
      await client.createPayloadIndex(indexed, { wait: true, field_name, field_schema });
    }
    await fc.assert(
      fc.asyncProperty(filter, async (drawn) => {
        const expected = points
          .filter((point) => naive(drawn, point.id, point.payload))
          .map(({ id }) => id);
        expect(await passing(client, bare, drawn)).toEqual(expected);
        expect(await passing(client, indexed, drawn)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});

type Loose = Record<string, unknown>;

/** The same by a plain reading of the documentation, for the conditions drawn above. */
function naive(condition: Loose, id: number, payload: Loose): boolean {
  const inner = (list: unknown) => ((list ?? []) as Loose[]).map((one) => naive(one, id, payload));
  if ('has_id' in condition) return (condition['has_id'] as number[]).includes(id);
  if ('is_null' in condition) return [payload['word'] as Loose | null].flat().includes(null);
  const { key } = condition;
  if (typeof key === 'string') {
    const values = [payload[key] as Loose | undefined]
      .flat()
      .filter((value) => value !== undefined);
    const { match, range, is_empty: empty } = condition as Record<string, Loose | undefined>;
    if (typeof empty === 'boolean') {
      return empty === (payload[key] === null || values.length === 0);
    }
    if (range) {
      const { gte, gt, lt } = range as Record<string, never>;
      return values.some(
        (value) =>
          (gte === undefined || (value as never) >= gte) &&
          (gt === undefined || (value as never) > gt) &&
          (lt === undefined || (value as never) < lt),
      );
    }
    const { value, any, except } = (match ?? {}) as {
      value?: unknown;
      any?: unknown[];
      except?: unknown[];
    };
    if (any) return values.some((one) => any.includes(one));
    if (except) return values.some((one) => one !== null && !except.includes(one));
    return (values as unknown[]).includes(value);
  }
  const { min_should: few } = condition as {
    min_should?: { conditions: Loose[]; min_count: number };
  };
  const should = inner(condition['should']);
  return (
    inner(condition['must']).every(Boolean) &&
    !inner(condition['must_not']).some(Boolean) &&
    (should.length === 0 || should.some(Boolean)) &&
    (!few || inner(few.conditions).filter(Boolean).length >= few.min_count)
  );
}
