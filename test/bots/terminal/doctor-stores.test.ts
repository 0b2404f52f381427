import { randomUUID } from 'node:crypto';
import { QdrantClient } from '@qdrant/js-client-rest';
import { afterEach, describe, expect, test } from 'vitest';
import { checkMongo, mongoFindings } from '../../../bots/terminal/commands/doctor-mongo.ts';
import { checkScale, checkStores } from '../../../bots/terminal/commands/doctor-stores.ts';
import { openQdrantFeatures } from '../../../pipelines/stores/features/qdrant/adapter.ts';
import { features, manifest } from '../../conformance/fixtures.ts';
import { freePort } from '../../servers/child.ts';
import { hasMongo, mongoForTests } from '../../servers/ferretdb/server.ts';
import { qdrantForTests, startQdrant } from '../../servers/qdrant/server.ts';
import { hasRedis, startRedis } from '../../servers/redis/server.ts';

const none = { mongo: null, qdrant: null, redis: null };
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

test('nothing is said of servers that are not named', async () => {
  expect(await checkStores(none)).toEqual([]);
});

test('each server that is away is told of by itself, with what to look at, and without its password', async () => {
  const away = `127.0.0.1:${await freePort()}`;
  const found = await checkStores({
    mongo: `mongodb://ada:hidden@${away}/twin`,
    qdrant: { url: `http://${away}`, prefix: 'understudy' },
    redis: { url: `redis://:hidden@${away}`, prefix: 'understudy' },
  });
  expect(found).toMatchObject([
    { name: 'MongoDB', verdict: 'bad', todo: expect.stringContaining('MONGODB_URL') },
    { name: 'Qdrant', verdict: 'bad', todo: expect.stringContaining('QDRANT_URL') },
    { name: 'Redis', verdict: 'bad', todo: expect.stringContaining('REDIS_URL') },
  ]);
  expect(JSON.stringify(found)).not.toContain('hidden');
});

describe.skipIf(!hasMongo)('a MongoDB that is there', () => {
  test('is told of with its version, how it tells of changes, and its clock', async () => {
    const server = await mongoForTests();
    closing.push(server.stop);
    const found = await checkStores({ ...none, mongo: server.url });
    expect(found.map(({ name }) => name)).toEqual([
      'MongoDB',
      'MongoDB changes',
      'MongoDB schemas',
      'MongoDB clock',
    ]);
    expect(found[0]).toMatchObject({ verdict: 'good', found: expect.stringMatching(/^\d+\.\d+/u) });
    expect(found.every(({ verdict }) => verdict !== 'bad')).toBe(true);
    expect(found[3]).toMatchObject({ verdict: 'good' });
    const [, , , clock] = await checkMongo(server.url, () => Date.now() - 90_000);
    expect(clock).toMatchObject({
      verdict: 'advice',
      found: expect.stringMatching(/^(89|90)\.\d s ahead/u),
    });
  });
});

test('a MongoDB that stands alone gets the advice to make it a replica set', () => {
  const facts = { version: '8.0.15', database: 'understudy', skewMs: -7_500 };
  const alone = { transactions: false, changeStreams: false, validators: true };
  const [, changes, schemas, clock] = mongoFindings({ ...facts, setName: undefined, can: alone });
  expect(changes).toMatchObject({
    verdict: 'advice',
    todo: expect.stringContaining('replica set'),
  });
  expect(schemas).toMatchObject({ verdict: 'good' });
  expect(clock).toMatchObject({ verdict: 'advice', found: '7.5 s behind this machine’s' });
  const can = { transactions: true, changeStreams: true, validators: true };
  expect(mongoFindings({ ...facts, setName: 'rs0', can })[1]).toMatchObject({
    verdict: 'good',
    found: 'told by change streams (replica set rs0)',
  });
});

describe('a Qdrant that is there', () => {
  const set = manifest('doctor');

  /** A store of one set with two documents, three passages in all. */
  async function filled(settings: { readonly url: string; readonly apiKey?: string }) {
    const prefix = `doctor-${randomUUID().slice(0, 8)}`;
    const qdrant = { ...settings, prefix };
    const client = new QdrantClient({ ...settings, checkCompatibility: false });
    const store = await openQdrantFeatures(qdrant);
    closing.push(async () => {
      await store.close();
      const { collections } = await client.getCollections();
      for (const { name } of collections) {
        if (name.startsWith(prefix)) await client.deleteCollection(name);
      }
    });
    const { id } = await store.createSet(set);
    await store.putDocument(id, features(set, 'one', ['alpha beta', 'gamma delta']));
    await store.putDocument(id, features(set, 'two', ['epsilon']));
    return { qdrant, client, store, id, collection: `${prefix}-${id}` };
  }
  const check = async (qdrant: Parameters<typeof checkStores>[0]['qdrant']) =>
    await checkStores({ ...none, qdrant });

  test('is told of with its version and whether the set that answers is whole', async () => {
    const { url, apiKey, stop } = await qdrantForTests();
    closing.push(stop);
    const { qdrant, client, store, id, collection } = await filled({
      url,
      ...(apiKey !== undefined && { apiKey }),
    });
    expect(await check(qdrant)).toMatchObject([
      { name: 'Qdrant' },
      { name: 'Qdrant collection', verdict: 'advice', todo: 'understudy features' },
    ]);
    await store.switchTo(id, undefined);
    expect(await check(qdrant)).toMatchObject([
      { name: 'Qdrant', verdict: 'good', found: expect.stringMatching(/^1\.\d+/u) },
      { name: 'Qdrant collection', verdict: 'good' },
      { name: 'Qdrant passages', verdict: 'good', found: '3 passages of 2 documents' },
    ]);
    const wait = true;
    const filter = { must: [{ key: 'ordinal', match: { value: 1 } }] };
    await client.delete(collection, { wait, filter });
    expect((await check(qdrant))[2]).toMatchObject({
      verdict: 'bad',
      found: '2 passages of 2 documents, 1 fewer than those have',
      todo: 'understudy features --rebuild',
    });
  });

  test.each([
    ['1.15.5', 'bad'],
    ['1.17.0', 'advice'],
    ['1.18.0', 'good'],
    ['1.20.3', 'good'],
    ['1.21.0', 'advice'],
    ['2.0.0', 'advice'],
  ])('of version %s is %s', async (version, verdict) => {
    const server = await startQdrant({ version });
    closing.push(server.close);
    const [found] = await check({ url: server.url, prefix: 'understudy' });
    expect(found).toMatchObject({ name: 'Qdrant', verdict });
  });

  test('with a collection that is ill, or an alias that names nothing, is said to be', async () => {
    const server = await startQdrant();
    closing.push(server.close);
    const { qdrant, store, id, client, collection } = await filled({ url: server.url });
    await store.switchTo(id, undefined);
    const healthy = await client.getCollection(collection);
    const answering = (result: object) =>
      server.misbehave(
        { kind: 'reply', body: { result, status: 'ok', time: 0 } },
        { on: `GET /collections/${collection}` },
      );
    for (const [status, verdict] of [
      ['yellow', 'good'],
      ['grey', 'advice'],
      ['red', 'bad'],
    ] as const) {
      const stop = answering({ ...healthy, status });
      expect((await check(qdrant))[1]).toMatchObject({
        verdict,
        found: `${collection} is ${status}`,
      });
      stop();
    }
    const stop = answering({
      ...healthy,
      status: 'yellow',
      optimizer_status: { error: 'disk full' },
    });
    expect((await check(qdrant))[1]).toMatchObject({
      verdict: 'bad',
      found: expect.stringContaining('disk full'),
    });
    stop();
    server.misbehave(
      { kind: 'reply', body: { result: { exists: false }, status: 'ok', time: 0 } },
      { on: `GET /collections/${collection}/exists` },
    );
    expect((await check(qdrant))[1]).toMatchObject({
      verdict: 'bad',
      found: expect.stringContaining('which is not there'),
    });
  });

  test('that wants another key is said to', async () => {
    const server = await startQdrant({ apiKey: 'right' });
    closing.push(server.close);
    const found = await check({ url: server.url, apiKey: 'wrong-key', prefix: 'understudy' });
    expect(found).toMatchObject([
      { verdict: 'bad', todo: expect.stringContaining('QDRANT_API_KEY') },
    ]);
    expect(JSON.stringify(found)).not.toContain('wrong-key');
  });
});

describe.skipIf(!hasRedis)('a Redis that is there', () => {
  const check = async (url: string) =>
    await checkStores({ ...none, redis: { url, prefix: 'understudy' } });

  test('is good as a deployment runs it', async () => {
    const server = await startRedis();
    closing.push(server.stop);
    expect((await check(server.url)).map(({ name, verdict }) => [name, verdict])).toEqual([
      ['Redis', 'good'],
      ['Redis eviction', 'good'],
      ['Redis persistence', 'good'],
      ['Redis memory', 'good'],
    ]);
  });

  test('is bad when it may evict jobs, and could be better when it forgets them at a restart', async () => {
    const server = await startRedis(['--maxmemory-policy', 'allkeys-lru', '--appendonly', 'no']);
    closing.push(server.stop);
    expect(await check(server.url)).toMatchObject([
      { verdict: 'good' },
      {
        verdict: 'bad',
        found: 'maxmemory-policy allkeys-lru',
        todo: expect.stringContaining('noeviction'),
      },
      { verdict: 'advice', todo: expect.stringContaining('appendonly') },
      { verdict: 'good' },
    ]);
  });
});

test('Qdrant is recommended from 300,000 passages with vectors on, where it is not used yet', () => {
  const large = { chunks: 300_000, vectors: true };
  const qdrant = { url: 'http://localhost:6333', prefix: 'understudy' };
  expect(checkScale(large, none)).toMatchObject([
    { verdict: 'advice', todo: expect.stringContaining('QDRANT_URL') },
  ]);
  expect(checkScale({ ...large, chunks: 299_999 }, none)).toEqual([]);
  expect(checkScale({ ...large, vectors: false }, none)).toEqual([]);
  expect(checkScale(large, { qdrant })).toEqual([]);
});
