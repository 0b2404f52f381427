import type { Schemas } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, refusal, type Stage } from './stage.ts';

let stage: Stage;
let strict: string;
let lax: string;
beforeAll(async () => {
  stage = await openStage();
  const strict_mode_config: Schemas['StrictModeConfig'] = {
    enabled: true,
    unindexed_filtering_retrieve: false,
    unindexed_filtering_update: false,
    max_query_limit: 20,
    max_timeout: 5,
    upsert_max_batchsize: 3,
    search_max_batchsize: 2,
    filter_max_conditions: 3,
    condition_max_size: 4,
    search_allow_exact: false,
    search_max_hnsw_ef: 64,
  };
  const kind = { vectors: { size: 2, distance: 'Dot' } } as const;
  strict = await stage.fresh({ ...kind, strict_mode_config });
  lax = await stage.fresh({
    ...kind,
    strict_mode_config: { ...strict_mode_config, enabled: false },
  });
  const indexes = { word: 'keyword', n: 'integer', at: 'datetime', 'in[].k': 'keyword' } as const;
  for (const name of [strict, lax]) {
    for (const [field_name, field_schema] of Object.entries(indexes)) {
      await stage.client.createPayloadIndex(name, { wait: true, field_name, field_schema });
    }
  }
});
afterAll(() => stage.close());

type Call = (name: string) => Promise<unknown>;
const filter = (...must: Schemas['Condition'][]): Schemas['Filter'] => ({ must });
const word = filter({ key: 'word', match: { value: 'x' } });
const other = filter({ key: 'other', match: { value: 'x' } });
const points = (many: number) => Array.from({ length: many }, (_, id) => ({ id, vector: [1, 1] }));
const near = { query: [1, 0] };
const missing = (key: string, kinds: string) =>
  `Bad request: Index required but not found for "${key}" of one of the following types: [${kinds}]. Help: Create an index for this key or use a different filter.`;
const beyond = (many: number, most: number, what: string) =>
  `Bad request: Limit exceeded ${many} > ${most} for "${what}". Help: Reduce the "${what}" parameter to or below ${most}.`;
const all = 'bool, datetime, float, geo, integer, keyword, text, uuid';

// biome-ignore format: a table reads better with a case a line
const refused: readonly [string, Call, string][] = [
  ['a search by a field without index', (c) => stage.client.query(c, { ...near, filter: other }), missing('other', 'keyword')],
  ['a scroll by it', (c) => stage.client.scroll(c, { filter: other }), missing('other', 'keyword')],
  ['a count by it', (c) => stage.client.count(c, { filter: other }), missing('other', 'keyword')],
  ['a facet by it', (c) => stage.client.facet(c, { key: 'word', filter: other }), missing('other', 'keyword')],
  ['a prefetch by it', (c) => stage.client.query(c, { prefetch: [{ ...near, filter: other }], query: { fusion: 'rrf' } }), missing('other', 'keyword')],
  ['a deletion by it', (c) => stage.client.delete(c, { wait: true, filter: other }), missing('other', 'keyword')],
  ['a payload by it', (c) => stage.client.setPayload(c, { payload: { a: 1 }, filter: other }), missing('other', 'keyword')],
  ['an index of another kind', (c) => stage.client.count(c, { filter: filter({ key: 'word', match: { value: 1 } }) }), missing('word', 'integer')],
  ['an id by its looks', (c) => stage.client.count(c, { filter: filter({ key: 'x', match: { any: ['a7d5c9f0-1b2c-5d3e-8f4a-5b6c7d8e9f00'] } }) }), missing('x', 'keyword, uuid')],
  ['a range over words', (c) => stage.client.count(c, { filter: filter({ key: 'word', range: { gt: 1 } }) }), missing('word', 'float, integer')],
  ['a range of dates over numbers', (c) => stage.client.count(c, { filter: filter({ key: 'n', range: { gt: '2026-01-01T00:00:00Z' } }) }), missing('n', 'datetime')],
  ['emptiness', (c) => stage.client.count(c, { filter: filter({ is_empty: { key: 'other' } }) }), missing('other', all)],
  ['a condition deep inside', (c) => stage.client.count(c, { filter: { should: [{ must_not: [{ key: 'other', match: { value: true } }] }] } }), missing('other', 'bool')],
  ['a condition on elements', (c) => stage.client.count(c, { filter: filter({ nested: { key: 'in', filter: filter({ key: 'l', match: { value: 'x' } }) } }) }), missing('in[].l', 'keyword')],
  ['a formula on a field', (c) => stage.client.query(c, { prefetch: near, query: { formula: { sum: ['$score', 'price'] }, defaults: { price: 1 } } }), missing('price', 'float, integer').replace('different filter', 'different formula expression')],
  ['groups of a field', (c) => stage.client.queryGroups(c, { ...near, group_by: 'other', limit: 1 }), 'Bad request: Index required but not found for "other". Help: Create an index supporting `match` for this key.'],
  ['groups of dates', (c) => stage.client.queryGroups(c, { ...near, group_by: 'at', limit: 1 }), 'Bad request: Index of type "Datetime" found for "at". Help: Create an index supporting `match` for this key.'],
  ['too many results', (c) => stage.client.query(c, { ...near, limit: 21 }), beyond(21, 20, 'limit')],
  ['too many in a prefetch', (c) => stage.client.query(c, { prefetch: [{ ...near, limit: 30 }], query: { fusion: 'rrf' } }), beyond(30, 20, 'limit')],
  ['too large a page', (c) => stage.client.scroll(c, { limit: 21 }), beyond(21, 20, 'limit')],
  ['too many in groups', (c) => stage.client.queryGroups(c, { ...near, group_by: 'word', limit: 7, group_size: 3 }), beyond(21, 20, 'limit')],
  ['too many points at once', (c) => stage.client.upsert(c, { points: points(4) }), beyond(4, 3, 'upsert limit')],
  ['too many searches at once', (c) => stage.client.queryBatch(c, { searches: [near, near, near] }), beyond(3, 2, 'search batch size')],
  ['too many conditions', (c) => stage.client.count(c, { filter: { should: [word, word, word, word] } }), 'Bad request: Filter condition limit reached (4 > 3). Help: Reduce the amount of conditions of your filter.'],
  ['too long a list', (c) => stage.client.count(c, { filter: filter({ has_id: [1, 2, 3, 4, 5] }) }), 'Bad request: Condition size limit reached (5 > 4). Help: Reduce the size of your condition.'],
  ['an exact search', (c) => stage.client.query(c, { ...near, params: { exact: true } }), 'Bad request: Exact search disabled!. Help: Set exact=false.'],
  ['too wide a search', (c) => stage.client.query(c, { ...near, params: { hnsw_ef: 65 } }), beyond(65, 64, 'hnsw_ef')],
  ['too long a wait', (c) => stage.client.query(c, { ...near, timeout: 6 }), beyond(6, 5, 'timeout')],
];

describe('strict mode', () => {
  it.each(refused)('refuses %s', async (_, call, said) => {
    expect(await refusal(call(strict))).toEqual({ status: 400, said });
  });

  it.each(refused)('lets %s pass where it is off', async (_, call) => {
    await call(lax);
  });

  it.each<[string, Call]>([
    ['indexed fields', (c) => stage.client.query(c, { ...near, filter: word })],
    ['ids', (c) => stage.client.count(c, { filter: filter({ has_id: [1] }) })],
    [
      'indexed fields of elements',
      (c) =>
        stage.client.count(c, {
          filter: filter({
            nested: { key: 'in', filter: filter({ key: 'k', match: { value: 'x' } }) },
          }),
        }),
    ],
    [
      'any of nothing',
      (c) => stage.client.count(c, { filter: filter({ key: 'other', match: { any: [] } }) }),
    ],
    ['deletion by an indexed field', (c) => stage.client.delete(c, { wait: true, filter: word })],
    [
      'a formula on dates',
      (c) =>
        stage.client.query(c, {
          prefetch: near,
          query: { formula: { datetime_key: 'at' }, defaults: { at: '2026-01-01' } },
        }),
    ],
    ['as much as is allowed', (c) => stage.client.upsert(c, { points: points(3) })],
  ])('has nothing against %s', async (_, call) => {
    await call(strict);
  });
});
