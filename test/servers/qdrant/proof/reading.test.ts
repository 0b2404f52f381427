import type { Schemas } from '@qdrant/js-client-rest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStage, refusal, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const UUID = 'a7d5c9f0-1b2c-5d3e-8f4a-5b6c7d8e9f00';

const numbered = (...ids: readonly (number | string)[]) =>
  ids.map((id) => ({ id, vector: {}, payload: { n: id } }));
const is = (key: string, value: string | number): Schemas['Filter'] => ({
  must: [{ key, match: { value } }],
});

describe('reading', () => {
  const ids = async (name: string, asked: Parameters<Stage['client']['scroll']>[1] = {}) =>
    (await stage.client.scroll(name, asked)).points.map(({ id }) => id);

  it('goes page by page in the order of ids: numbers before UUIDs', async () => {
    const name = await stage.fresh(
      { vectors: {} },
      numbered(UUID, 30, 4, UUID.replace('a', '0'), 100),
    );
    const first = await stage.client.scroll(name, { limit: 3 });
    expect(first.points.map(({ id }) => id)).toEqual([4, 30, 100]);
    const offset = first.next_page_offset as string;
    expect(offset).toBe(UUID.replace('a', '0'));
    const rest = await stage.client.scroll(name, { limit: 3, offset });
    expect(rest.points.map(({ id }) => id)).toEqual([UUID.replace('a', '0'), UUID]);
    expect(rest.next_page_offset).toBeNull();
  });

  it('goes on where a point of the page was removed', async () => {
    const name = await stage.fresh({ vectors: {} }, numbered(1, 2, 3, 4));
    await stage.client.delete(name, { wait: true, points: [3] });
    expect(await ids(name, { offset: 3 })).toEqual([4]);
    await stage.client.upsert(name, { points: numbered(3) });
    expect(await ids(name, { offset: 2 })).toEqual([2, 3, 4]);
  });

  it('pages through what passes a filter, with an index and without', async () => {
    const { client } = stage;
    const points = Array.from({ length: 25 }, (_, id) => ({
      id,
      vector: {},
      payload: { odd: `${id % 2}` },
    }));
    const name = await stage.fresh({ vectors: {} }, points);
    const all = async () => {
      const found: unknown[] = [];
      let offset: number | undefined = 0;
      while (offset !== undefined) {
        const page = await client.scroll(name, { filter: is('odd', '1'), limit: 5, offset });
        found.push(...page.points.map(({ id }) => id));
        offset = (page.next_page_offset ?? undefined) as number | undefined;
      }
      return found;
    };
    const odd = points.filter(({ id }) => id % 2 === 1).map(({ id }) => id);
    expect(await all()).toEqual(odd);
    await client.createPayloadIndex(name, {
      wait: true,
      field_name: 'odd',
      field_schema: 'keyword',
    });
    expect(await all()).toEqual(odd);
  });

  it('goes in the order of an indexed field, from where one says', async () => {
    const { client } = stage;
    const at = (day: number) => ({ at: `2026-01-0${day}T00:00:00Z` });
    const name = await stage.fresh({ vectors: {} }, [
      { id: 1, vector: {}, payload: at(3) },
      { id: 2, vector: {}, payload: at(1) },
      { id: 3, vector: {}, payload: at(2) },
      { id: 4, vector: {} },
    ]);
    const refused = await refusal(client.scroll(name, { order_by: 'at' }));
    expect(refused.status).toBe(400);
    expect(refused.said).toContain('No range index for `order_by` key: `at`');
    await client.createPayloadIndex(name, {
      wait: true,
      field_name: 'at',
      field_schema: 'datetime',
    });
    expect(await ids(name, { order_by: 'at' })).toEqual([2, 3, 1]);
    const late = { key: 'at', direction: 'desc', start_from: '2026-01-02T00:00:00Z' } as const;
    expect(await ids(name, { order_by: late })).toEqual([3, 2]);
  });

  it('finds points by id in the order asked for, and leaves out who is not there', async () => {
    const name = await stage.fresh({ vectors: {} }, numbered(1, 2, 3));
    const found = await stage.client.retrieve(name, { ids: [3, 9, 1] });
    expect(found.map(({ id }) => id).sort()).toEqual([1, 3]);
  });

  it('counts values of an indexed field', async () => {
    const { client } = stage;
    const name = await stage.fresh({ vectors: {} }, [
      { id: 1, vector: {}, payload: { tag: ['a', 'b'], n: 1 } },
      { id: 2, vector: {}, payload: { tag: 'b', n: 2 } },
      { id: 3, vector: {}, payload: { tag: 'c', n: 2 } },
    ]);
    const refused = await refusal(client.facet(name, { key: 'tag' }));
    expect(refused.said).toContain('No appropriate index for faceting: `tag`');
    await client.createPayloadIndex(name, {
      wait: true,
      field_name: 'tag',
      field_schema: 'keyword',
    });
    await client.createPayloadIndex(name, { wait: true, field_name: 'n', field_schema: 'integer' });
    const { hits } = await client.facet(name, { key: 'tag', exact: true });
    expect(hits).toEqual([
      { value: 'b', count: 2 },
      { value: 'a', count: 1 },
      { value: 'c', count: 1 },
    ]);
    const some = await client.facet(name, {
      key: 'n',
      filter: is('tag', 'b'),
      limit: 1,
      exact: true,
    });
    expect(some.hits).toEqual([{ value: 1, count: 1 }]);
  });
});
