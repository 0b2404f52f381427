import type { Schemas } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CORPUS, openStage, refusal, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const UUID = 'a7d5c9f0-1b2c-5d3e-8f4a-5b6c7d8e9f00';

async function payloads(name: string): Promise<Record<string, unknown>> {
  const { points } = await stage.client.scroll(name, { limit: 100 });
  return Object.fromEntries(points.map(({ id, payload }) => [id, payload]));
}
const numbered = (...ids: readonly (number | string)[]) =>
  ids.map((id) => ({ id, vector: {}, payload: { n: id } }));
const is = (key: string, value: string | number): Schemas['Filter'] => ({
  must: [{ key, match: { value } }],
});

describe('a point that is written', () => {
  it('loses what it is not given again: payload and vectors', async () => {
    const { client } = stage;
    const name = await stage.fresh(CORPUS, [
      { id: 1, vector: { dense: [1, 0], words: { indices: [5], values: [1] } }, payload: { a: 1 } },
    ]);
    await client.upsert(name, { points: [{ id: 1, vector: { dense: [0, 1] } }] });
    expect(await client.retrieve(name, { ids: [1], with_vector: true })).toEqual([
      { id: 1, payload: {}, vector: { dense: [0, 1] } },
    ]);
  });

  it('may have no vector at all', async () => {
    const name = await stage.fresh(CORPUS, [{ id: 1, vector: {}, payload: { a: 1 } }]);
    const query = { query: [1, 0], using: 'dense' };
    expect((await stage.client.query(name, query)).points).toEqual([]);
    expect(await stage.client.count(name, { exact: true })).toEqual({ count: 1 });
  });

  it('is the last of its id in a batch', async () => {
    const name = await stage.fresh({ vectors: {} }, [
      { id: 1, vector: {}, payload: { a: 1 } },
      { id: 1, vector: {}, payload: { a: 2 } },
    ]);
    expect(await payloads(name)).toEqual({ 1: { a: 2 } });
  });

  it('is named by a UUID in any spelling', async () => {
    const name = await stage.fresh({ vectors: {} }, numbered(UUID));
    const spelled = UUID.toUpperCase().replaceAll('-', '');
    const [point] = await stage.client.retrieve(name, { ids: [spelled] });
    expect(point?.id).toBe(UUID);
  });

  it('comes in columns too', async () => {
    const { client } = stage;
    const name = await stage.fresh(CORPUS);
    await client.upsert(name, {
      batch: {
        ids: [1, 2],
        vectors: {
          dense: [
            [1, 0],
            [0, 1],
          ],
        },
        payloads: [{ a: 1 }, null],
      } as Schemas['Batch'],
    });
    expect(await payloads(name)).toEqual({ 1: { a: 1 }, 2: {} });
  });

  it('keeps words in the order of their numbers', async () => {
    const name = await stage.fresh(CORPUS, [
      { id: 1, vector: { words: { indices: [9, 3], values: [0.5, 2] } } },
    ]);
    const [point] = await stage.client.retrieve(name, { ids: [1], with_vector: ['words'] });
    expect(point?.vector).toEqual({ words: { indices: [3, 9], values: [2, 0.5] } });
  });

  it.each<[string, object, number, string]>([
    [
      'of another size',
      { dense: [1] },
      400,
      'Wrong input: Vector dimension error: expected dim: 2, got 1',
    ],
    [
      'of an unknown name',
      { other: [1, 2] },
      400,
      'Wrong input: Not existing vector name error: other',
    ],
  ])('is refused with a vector %s', async (_, vector, status, said) => {
    const name = await stage.fresh(CORPUS);
    const upsert = stage.client.upsert(name, {
      points: [{ id: 1, vector: vector as { dense: number[] } }],
    });
    expect(await refusal(upsert)).toEqual({ status, said });
  });
});

describe('a write under a condition', () => {
  const upsert = (name: string, more: Partial<Schemas['PointsList']>) =>
    stage.client.upsert(name, {
      points: [1, 2, 3].map((id) => ({ id, vector: {}, payload: { v: 2 } })),
      ...more,
    });
  const before = [
    { id: 1, vector: {}, payload: { v: 1 } },
    { id: 2, vector: {}, payload: { v: 5 } },
  ];

  it.each<[string, Partial<Schemas['PointsList']>, Record<string, unknown>]>([
    [
      'overwrites whom it holds for, and brings who is new',
      { update_filter: { must: [{ key: 'v', range: { lt: 2 } }] } },
      { 1: { v: 2 }, 2: { v: 5 }, 3: { v: 2 } },
    ],
    ['only brings', { update_mode: 'insert_only' }, { 1: { v: 1 }, 2: { v: 5 }, 3: { v: 2 } }],
    ['only overwrites', { update_mode: 'update_only' }, { 1: { v: 2 }, 2: { v: 2 } }],
    [
      'only overwrites whom it holds for',
      { update_mode: 'update_only', update_filter: { must: [{ key: 'v', range: { lt: 2 } }] } },
      { 1: { v: 2 }, 2: { v: 5 } },
    ],
  ])('%s', async (_, more, after) => {
    const name = await stage.fresh({ vectors: {} }, before);
    await upsert(name, more);
    expect(await payloads(name)).toEqual(after);
  });
});

describe('a payload', () => {
  it('is merged, replaced below a key, overwritten, thinned and cleared', async () => {
    const { client } = stage;
    const name = await stage.fresh({ vectors: {} }, [
      { id: 1, vector: {}, payload: { a: 1, deep: { x: 1, y: 2 } } },
    ]);
    const now = async () => (await payloads(name))['1'];
    await client.setPayload(name, { payload: { b: 2 }, points: [1] });
    expect(await now()).toEqual({ a: 1, b: 2, deep: { x: 1, y: 2 } });
    await client.setPayload(name, { payload: { x: 7 }, key: 'deep', points: [1] });
    expect(await now()).toEqual({ a: 1, b: 2, deep: { x: 7, y: 2 } });
    await client.deletePayload(name, { keys: ['a', 'deep.y'], points: [1] });
    expect(await now()).toEqual({ b: 2, deep: { x: 7 } });
    await client.overwritePayload(name, { payload: { c: 3 }, points: [1] });
    expect(await now()).toEqual({ c: 3 });
    await client.clearPayload(name, { points: [1] });
    expect(await now()).toEqual({});
  });

  it('is found by its new values at once, and no more by the old', async () => {
    const { client } = stage;
    const name = await stage.fresh({ vectors: {} }, numbered(1, 2));
    await client.createPayloadIndex(name, { wait: true, field_name: 'n', field_schema: 'integer' });
    await client.setPayload(name, { payload: { n: 7 }, filter: is('n', 2) });
    const count = async (n: number) =>
      (await client.count(name, { filter: is('n', n), exact: true })).count;
    expect([await count(2), await count(7)]).toEqual([0, 1]);
  });

  it('is shown whole, in part or not at all', async () => {
    const { client } = stage;
    const point = { id: 1, vector: {}, payload: { a: 1, b: { c: 2, d: 3 } } };
    const name = await stage.fresh({ vectors: {} }, [point]);
    const shown = async (with_payload: Schemas['WithPayloadInterface']) =>
      (await client.retrieve(name, { ids: [1], with_payload }))[0]?.payload ?? null;
    expect(await shown(true)).toEqual(point.payload);
    expect(await shown(['b.c'])).toEqual({ b: { c: 2 } });
    expect(await shown({ include: ['a', 'nothing'] })).toEqual({ a: 1 });
    expect(await shown({ exclude: ['b.d'] })).toEqual({ a: 1, b: { c: 2 } });
    expect(await shown(false)).toBeNull();
  });
});

describe('operations on points that are not there', () => {
  it.each<[string, (name: string) => Promise<unknown>]>([
    ['payload', (name) => stage.client.setPayload(name, { payload: { a: 1 }, points: [1, 9] })],
    ['overwriting', (name) => stage.client.overwritePayload(name, { payload: {}, points: [9] })],
    ['vectors', (name) => stage.client.updateVectors(name, { points: [{ id: 9, vector: {} }] })],
  ])('are refused: %s', async (_, call) => {
    const name = await stage.fresh({ vectors: {} }, numbered(1));
    expect(await refusal(call(name))).toEqual({
      status: 404,
      said: 'Not found: No point with id 9 found',
    });
  });

  it('are fine where they are deletions', async () => {
    const name = await stage.fresh({ vectors: {} }, numbered(1));
    const { status } = await stage.client.delete(name, { wait: true, points: [9] });
    expect(status).toBe('completed');
  });
});

it('a batch is done in order, and what comes before a refused operation stays done', async () => {
  const { client } = stage;
  const name = await stage.fresh({ vectors: {} }, numbered(1, 2));
  const done = await client.batchUpdate(name, {
    operations: [
      { delete: { filter: is('n', 1) } },
      { upsert: { points: numbered(3) } },
      { set_payload: { payload: { seen: true }, filter: { must_not: [{ has_id: [2] }] } } },
    ],
  });
  expect(done.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  expect(await payloads(name)).toEqual({ 2: { n: 2 }, 3: { n: 3, seen: true } });
  const half = client.batchUpdate(name, {
    operations: [
      { delete: { points: [2] } },
      { set_payload: { payload: {}, points: [99] } },
      { delete: { points: [3] } },
    ],
  });
  expect((await refusal(half)).status).toBe(404);
  expect(Object.keys(await payloads(name))).toEqual(['3']);
});

it('what is not waited for is done a little later', async () => {
  const { client } = stage;
  const name = await stage.fresh({ vectors: {} }, numbered(1));
  const { status } = await client.upsert(name, { wait: false, points: numbered(2) });
  expect(status).toBe('acknowledged');
  await vi.waitFor(async () => {
    expect(await client.count(name, { exact: true })).toEqual({ count: 2 });
  });
});
