import type { Schemas } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, passing, refusal, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

type Filter = Schemas['Filter'];

const PAYLOADS: readonly Record<string, unknown>[] = [
  { author: 'ada', n: 1, tags: ['a', 'b'], at: '2026-01-01T00:00:00Z', on: true, x: 0.5 },
  { author: 'bob', n: 2, tags: ['b'], at: '2026-02-01T12:00:00.5+02:00', on: false, x: -1 },
  { author: 'ada', n: 3, tags: [], at: '2026-03-01', on: true, x: null },
  {
    author: null,
    n: [4, 40],
    tags: [null],
    in: [
      { k: 'v', n: 1 },
      { k: 'w', n: 2 },
    ],
  },
  { text: 'The quick brown Fox', in: [{ k: 'v', n: 2 }], deep: { er: { 'e.st': 7 } } },
  {},
];

const must = (...conditions: Schemas['Condition'][]): Filter => ({ must: conditions });

// biome-ignore format: a table reads better with a case a line
const cases: readonly [string, Filter, readonly number[]][] = [
  ['a keyword', must({ key: 'author', match: { value: 'ada' } }), [1, 3]],
  ['a keyword in a list', must({ key: 'tags', match: { value: 'b' } }), [1, 2]],
  ['an integer', must({ key: 'n', match: { value: 40 } }), [4]],
  ['an integer as text', must({ key: 'n', match: { value: '1' } }), []],
  ['a boolean', must({ key: 'on', match: { value: false } }), [2]],
  ['any of some', must({ key: 'author', match: { any: ['bob', 'eve'] } }), [2]],
  ['any of some integers', must({ key: 'n', match: { any: [1, 4] } }), [1, 4]],
  ['any of none', must({ key: 'author', match: { any: [] } }), []],
  ['except some: neither null nor absence passes', must({ key: 'author', match: { except: ['ada'] } }), [2]],
  ['except some, in lists', must({ key: 'tags', match: { except: ['b'] } }), [1]],
  ['letters without a full-text index', must({ key: 'text', match: { text: 'quick br' } }), [5]],
  ['letters as they are written', must({ key: 'text', match: { text: 'fox' } }), []],
  ['a range', must({ key: 'n', range: { gte: 2, lt: 4 } }), [2, 3]],
  ['a range over lists', must({ key: 'n', range: { gt: 10 } }), [4]],
  ['a range of fractions', must({ key: 'x', range: { lte: 0.5, gt: -1 } }), [1]],
  ['since a moment', must({ key: 'at', range: { gte: '2026-02-01T10:00:00.5Z' } }), [2, 3]],
  ['after a moment', must({ key: 'at', range: { gt: '2026-02-01T10:00:00.500Z' } }), [3]],
  ['before a day', must({ key: 'at', range: { lt: '2026-03-01' } }), [1, 2]],
  ['a moment without a zone', must({ key: 'at', range: { gte: '2026-03-01T00:00:00' } }), [3]],
  ['how many values', must({ key: 'tags', values_count: { gte: 2 } }), [1]],
  ['no values, or an empty list', must({ key: 'author', is_empty: true }), [4, 5, 6]],
  ['empty, said the other way', must({ is_empty: { key: 'tags' } }), [3, 5, 6]],
  ['not empty', must({ key: 'author', is_empty: false }), [1, 2, 3]],
  ['null', must({ is_null: { key: 'author' } }), [4]],
  ['null in a list', must({ is_null: { key: 'tags' } }), [4]],
  ['not null', must({ key: 'x', is_null: false }), [1, 2, 4, 5, 6]],
  ['ids', must({ has_id: [6, 2, 99] }), [2, 6]],
  ['a deep key in quotes', must({ key: 'deep.er."e.st"', match: { value: 7 } }), [5]],
  ['a key through a list', must({ key: 'in[].k', match: { value: 'w' } }), [4]],
  ['a key of the first element', must({ key: 'in[0].n', match: { value: 2 } }), [5]],
  ['a list has no keys of its own', must({ key: 'in.k', match: { value: 'v' } }), []],
  ['two things of several elements', must({ key: 'in[].k', match: { value: 'v' } }, { key: 'in[].n', match: { value: 2 } }), [4, 5]],
  ['two things of one element', must({ nested: { key: 'in', filter: must({ key: 'k', match: { value: 'v' } }, { key: 'n', match: { value: 2 } }) } }), [5]],
  ['all', must({ key: 'author', match: { value: 'ada' } }, { key: 'n', range: { gt: 1 } }), [3]],
  ['some', { should: [{ key: 'author', match: { value: 'bob' } }, { has_id: [6] }] }, [2, 6]],
  ['none', { must_not: [{ key: 'author', match: { value: 'ada' } }] }, [2, 4, 5, 6]],
  ['at least two of three', { min_should: { min_count: 2, conditions: [{ has_id: [1, 2, 3] }, { has_id: [2, 3] }, { has_id: [3, 4] }] } }, [2, 3]],
  ['one condition that is no list', { must: { has_id: [1] }, must_not: { has_id: [2] } }, [1]],
  ['nothing asked', {}, [1, 2, 3, 4, 5, 6]],
  ['an empty should', { should: [], must: [{ has_id: [1] }] }, [1]],
  ['filters in filters', must({ should: [{ must_not: [{ key: 'n', range: { gte: 2 } }] }, { has_id: [2] }] }, { has_id: [1, 2, 3] }), [1, 2]],
  ['the more conditions of one field, any of which will do', must({ key: 'n', match: { value: 1 }, range: { gt: 30 } }), [1, 4]],
];

describe.each([
  ['without indexes', {}],
  [
    'with indexes',
    { author: 'keyword', tags: 'keyword', n: 'integer', at: 'datetime', on: 'bool' },
  ],
] as const)('what passes %s', (_, fields) => {
  let name: string;
  beforeAll(async () => {
    const points = PAYLOADS.map((payload, at) => ({ id: at + 1, vector: {}, payload }));
    name = await stage.fresh({ vectors: {} }, points);
    for (const [field_name, field_schema] of Object.entries(fields)) {
      await stage.client.createPayloadIndex(name, { wait: true, field_name, field_schema });
    }
  });

  it.each(cases)('%s', async (_what, filter, ids) => {
    expect(await passing(stage.client, name, filter)).toEqual(ids);
  });

  it('is written to alone', async () => {
    const { client } = stage;
    const filter = must({ key: 'author', match: { value: 'ada' } });
    await client.setPayload(name, { payload: { seen: true }, filter });
    const seen = must({ key: 'seen', match: { value: true } });
    expect(await passing(client, name, seen)).toEqual([1, 3]);
    await client.deletePayload(name, { keys: ['seen'], filter: seen });
    expect(await passing(client, name, seen)).toEqual([]);
  });
});

it('words are looked for where there is a full-text index, and whole', async () => {
  const { client } = stage;
  const point = { id: 1, vector: {}, payload: { text: 'The quick brown Fox' } };
  const name = await stage.fresh({ vectors: {} }, [point]);
  await client.createPayloadIndex(name, { wait: true, field_name: 'text', field_schema: 'text' });
  const text = (said: string) =>
    passing(client, name, must({ key: 'text', match: { text: said } }));
  expect(await text('fox quick')).toEqual([1]);
  expect(await text('qui')).toEqual([]);
  const some = must({ key: 'text', match: { text_any: 'cat fox' } });
  expect(await passing(client, name, some)).toEqual([1]);
});

it('who has a vector can be asked', async () => {
  const sparse_vectors = { words: {} };
  const vector = { words: { indices: [1], values: [1] } };
  const name = await stage.fresh({ vectors: {}, sparse_vectors }, [
    { id: 1, vector },
    { id: 2, vector: {} },
  ]);
  expect(await passing(stage.client, name, must({ has_vector: 'words' }))).toEqual([1]);
});

it('a filter with a word that there is not is refused', async () => {
  const name = await stage.fresh({ vectors: {} });
  const filter = { musst: [] } as Filter;
  const { status, said } = await refusal(stage.client.count(name, { filter }));
  expect(status).toBe(400);
  expect(said).toMatch(/^(?:Format|Deserialize) error in JSON body/u);
});
