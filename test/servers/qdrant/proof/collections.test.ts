import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORPUS, openStage, refusal, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const point = { id: 1, vector: {}, payload: { a: 'x' } };

describe('a collection', () => {
  it('is there from its creation to its deletion', async () => {
    const { client } = stage;
    const name = await stage.fresh(CORPUS);
    expect(await client.collectionExists(name)).toEqual({ exists: true });
    expect((await client.getCollections()).collections).toContainEqual({ name });
    expect(await client.deleteCollection(name)).toBe(true);
    expect(await client.collectionExists(name)).toEqual({ exists: false });
    expect(await client.deleteCollection(name)).toBe(false);
  });

  it('is made once', async () => {
    const name = await stage.fresh(CORPUS);
    expect(await refusal(stage.client.createCollection(name, CORPUS))).toEqual({
      status: 409,
      said: `Wrong input: Collection \`${name}\` already exists!`,
    });
  });

  it.each<[string, (client: Stage['client']) => Promise<unknown>]>([
    ['described', (client) => client.getCollection('nowhere')],
    ['written to', (client) => client.upsert('nowhere', { points: [point] })],
    ['searched', (client) => client.query('nowhere', { query: [1] })],
    ['scrolled', (client) => client.scroll('nowhere')],
    ['changed', (client) => client.updateCollection('nowhere', { metadata: {} })],
    [
      'given an index',
      (client) =>
        client.createPayloadIndex('nowhere', { field_name: 'a', field_schema: 'keyword' }),
    ],
    [
      'given an alias',
      (client) =>
        client.updateCollectionAliases({
          actions: [{ create_alias: { collection_name: 'nowhere', alias_name: 'x' } }],
        }),
    ],
  ])('that is not there is not %s', async (_, call) => {
    expect(await refusal(call(stage.client))).toEqual({
      status: 404,
      said: "Not found: Collection `nowhere` doesn't exist!",
    });
  });

  it('describes itself', async () => {
    const { client } = stage;
    const strict_mode_config = { enabled: true, max_query_limit: 50 };
    const name = await stage.fresh(
      { ...CORPUS, strict_mode_config, hnsw_config: { m: 8 }, metadata: { set: 'a' } },
      [{ id: 1, vector: { dense: [1, 0] }, payload: { a: 'x' } }],
    );
    const schema = { type: 'keyword', is_tenant: true } as const;
    await client.createPayloadIndex(name, { wait: true, field_name: 'a', field_schema: schema });
    const { status, points_count, config, payload_schema } = await client.getCollection(name);
    expect({ status, points_count }).toEqual({ status: 'green', points_count: 1 });
    expect(config).toMatchObject({
      params: CORPUS,
      hnsw_config: { m: 8 },
      strict_mode_config,
      metadata: { set: 'a' },
    });
    expect(payload_schema).toMatchObject({
      a: { data_type: 'keyword', params: schema, points: 1 },
    });
  });

  it('changes what is named of it', async () => {
    const { client } = stage;
    const name = await stage.fresh({ ...CORPUS, metadata: { a: 1, b: 2 } });
    await client.updateCollection(name, {
      metadata: { b: 3 },
      strict_mode_config: { enabled: true, max_query_limit: 5 },
      optimizers_config: { indexing_threshold: 99 },
      vectors: { dense: { on_disk: true } },
    });
    const { config } = await client.getCollection(name);
    expect(config).toMatchObject({
      metadata: { a: 1, b: 3 },
      strict_mode_config: { max_query_limit: 5 },
      optimizer_config: { indexing_threshold: 99 },
      params: { vectors: { dense: { size: 2, distance: 'Cosine', on_disk: true } } },
    });
  });

  it('forgets an index that is removed', async () => {
    const { client } = stage;
    const name = await stage.fresh({ vectors: {} }, [point]);
    await client.createPayloadIndex(name, { wait: true, field_name: 'a', field_schema: 'keyword' });
    await client.deletePayloadIndex(name, 'a');
    expect((await client.getCollection(name)).payload_schema).toEqual({});
  });
});

describe('aliases', () => {
  const aliased = async () => {
    const [one, two] = [
      await stage.fresh({ vectors: {} }, [point]),
      await stage.fresh({ vectors: {} }),
    ];
    return { one, two, alias: `${one}-alias` };
  };
  const create = (collection_name: string, alias_name: string) => ({
    create_alias: { collection_name, alias_name },
  });
  const count = async (name: string) => (await stage.client.count(name, { exact: true })).count;

  it('are other names, and move in one step', async () => {
    const { client } = stage;
    const { one, two, alias } = await aliased();
    await client.updateCollectionAliases({ actions: [create(one, alias)] });
    expect(await count(alias)).toBe(1);
    expect(await client.collectionExists(alias)).toEqual({ exists: true });
    const actions = [{ delete_alias: { alias_name: alias } }, create(two, alias)];
    expect(await client.updateCollectionAliases({ actions })).toBe(true);
    expect(await count(alias)).toBe(0);
    const { aliases } = await client.getAliases();
    expect(aliases).toContainEqual({ alias_name: alias, collection_name: two });
    expect((await client.getCollectionAliases(one)).aliases).toEqual([]);
    expect((await client.getCollectionAliases(two)).aliases).toHaveLength(1);
  });

  it('are renamed, and go with their collection', async () => {
    const { client } = stage;
    const { one, alias } = await aliased();
    const other = `${alias}-2`;
    const rename = { rename_alias: { old_alias_name: alias, new_alias_name: other } };
    await client.updateCollectionAliases({ actions: [create(one, alias), rename] });
    expect(await count(other)).toBe(1);
    expect((await client.collectionExists(alias)).exists).toBe(false);
    await client.deleteCollection(one);
    expect((await client.collectionExists(other)).exists).toBe(false);
  });

  it('are written through', async () => {
    const { client } = stage;
    const { one, alias } = await aliased();
    await client.updateCollectionAliases({ actions: [create(one, alias)] });
    await client.upsert(alias, { points: [{ ...point, id: 2 }] });
    expect(await count(one)).toBe(2);
  });

  it('are nobody’s second name, and no collection is made by theirs', async () => {
    const { client } = stage;
    const { one, two, alias } = await aliased();
    const taken = await refusal(client.updateCollectionAliases({ actions: [create(one, two)] }));
    expect(taken).toEqual({ status: 409, said: expect.stringContaining('already exists') });
    await client.updateCollectionAliases({ actions: [create(one, alias)] });
    const made = await refusal(client.createCollection(alias, { vectors: {} }));
    expect(made.status).toBe(400);
    expect(made.said).toContain(`Can't create collection with name ${alias}`);
  });

  it('that are not there are not renamed, and need not be to be deleted', async () => {
    const { client } = stage;
    const rename = { rename_alias: { old_alias_name: 'nobody', new_alias_name: 'somebody' } };
    const refused = await refusal(client.updateCollectionAliases({ actions: [rename] }));
    expect(refused).toEqual({ status: 404, said: expect.stringContaining('nobody') });
    const gone = { delete_alias: { alias_name: 'nobody' } };
    expect(await client.updateCollectionAliases({ actions: [gone] })).toBe(true);
  });
});
