import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStores } from '../../../pipelines/stores/open.ts';
import { freePort } from '../../servers/child.ts';
import { hasMongo, mongoForTests } from '../../servers/ferretdb/server.ts';
import { qdrantForTests } from '../../servers/qdrant/server.ts';
import { hasRedis, type RedisServer, startRedis } from '../../servers/redis/server.ts';
import { draft } from '../feature/documents.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy-open-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** What a process that opens all of it and closes it again has to say. */
async function opened(variables: Readonly<Record<string, string>> = {}) {
  const child = join(import.meta.dirname, 'loading-process.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [child], {
    env: { PATH: process.env['PATH'], UNDERSTUDY_HOME: home, ...variables },
    timeout: 25_000,
  });
  return JSON.parse(stdout) as { code: string; changes: string; loaded: string[] };
}

describe('stores and queues', () => {
  test('without servers load no driver of any', async () => {
    expect(await opened()).toEqual({ code: 'opened', changes: 'polling', loaded: [] });
  });

  test('tell of changes in the embedded warehouse, too', async () => {
    const stores = await openStores({ home, mongo: null, qdrant: null });
    const stop = new AbortController();
    await stores.warehouse.upsert(draft('one', 'Text.'));
    let told = 0;
    await stores.changes.follow(async () => {
      told++;
      if (told === 1) await stores.warehouse.upsert(draft('two', 'Text.'));
      else stop.abort();
    }, stop.signal);
    expect(told).toBe(2);
    await stores.close();
  });

  test('refuse a Qdrant or Redis that is named and not there, and leave nothing open', async () => {
    const port = await freePort();
    const qdrant = await opened({ QDRANT_URL: `http://127.0.0.1:${port}` });
    expect(qdrant).toMatchObject({ code: 'qdrant.unreachable' });
    const redis = await opened({ REDIS_URL: `redis://127.0.0.1:${port}` });
    expect(redis).toMatchObject({ code: 'queues.unreachable' });
  });
});

describe.skipIf(!hasMongo)('stores on MongoDB', () => {
  let mongo: Awaited<ReturnType<typeof mongoForTests>>;
  let database: string;
  beforeAll(async () => {
    mongo = await mongoForTests();
    const name = `test-${randomUUID()}`;
    database = mongo.url.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*/u, `$1/${name}`);
  });
  afterAll(async () => {
    const { openMongo } = await import('../../../pipelines/stores/mongo/connection.ts');
    const own = await openMongo(database);
    await own.db.dropDatabase();
    await own.close();
    await mongo.stop();
  });

  test('load its driver and no other, and let the process end', async () => {
    expect(await opened({ MONGODB_URL: database })).toMatchObject({
      code: 'opened',
      loaded: ['mongodb'],
    });
  });

  test('are closed again when Qdrant cannot be opened', async () => {
    const QDRANT_URL = `http://127.0.0.1:${await freePort()}`;
    expect(await opened({ MONGODB_URL: database, QDRANT_URL })).toMatchObject({
      code: 'qdrant.unreachable',
    });
  });

  test('keep everything there but passages, which stay in the file of each process', async () => {
    const stores = await openStores({ home, mongo: database, qdrant: null });
    const other = await openStores({ home: join(home, 'other'), mongo: database, qdrant: null });
    const one = draft('shared', 'Text.');
    await stores.warehouse.upsert(one);
    expect((await other.warehouse.get(one.id))?.title).toBe(one.title);
    const bytes = new TextEncoder().encode('artefact');
    const { sha256 } = await stores.artefacts.put(bytes, { name: 'a', mediaType: 'text/plain' });
    expect(Buffer.from(await other.artefacts.read(sha256)).toString()).toBe('artefact');
    expect(stores.mongo).not.toBeNull();
    await stores.close();
    await other.close();
  });
});

describe.skipIf(!hasRedis)('stores and queues on several servers', () => {
  let redis: RedisServer;
  let qdrant: Awaited<ReturnType<typeof qdrantForTests>>;
  beforeAll(async () => {
    [redis, qdrant] = await Promise.all([startRedis(), qdrantForTests()]);
  });
  afterAll(async () => {
    await Promise.all([redis.stop(), qdrant.stop()]);
  });

  test('are chosen each on its own', async () => {
    const key = qdrant.apiKey === undefined ? {} : { QDRANT_API_KEY: qdrant.apiKey };
    const both = { REDIS_URL: redis.url, QDRANT_URL: qdrant.url, ...key };
    expect(await opened({ ...both, QDRANT_PREFIX: `test-${randomUUID()}`.slice(0, 41) })).toEqual({
      code: 'opened',
      changes: 'polling',
      loaded: expect.arrayContaining(['@qdrant/js-client-rest', 'ioredis']),
    });
  });
});
