import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Mongo, openMongo } from '../../../pipelines/stores/mongo/connection.ts';
import { openMongoWarehouse } from '../../../pipelines/stores/warehouse/mongo/adapter.ts';
import { storedJsonSchema } from '../../../pipelines/stores/warehouse/mongo/schema.ts';
import type { Warehouse } from '../../../pipelines/stores/warehouse/port.ts';
import { draft } from '../../conformance/fixtures.ts';
import { freePort } from '../../servers/child.ts';
import { MongoFault, notPrimary } from '../../servers/mongo/fault.ts';
import { type ReplicaSet, startReplicaSet } from '../../servers/mongo/server.ts';

describe('a connection to MongoDB', () => {
  test('says within its patience that no server is there', async () => {
    const url = `mongodb://ada:secret@127.0.0.1:${await freePort()}/`;
    const failure = await openMongo(url, { serverSelectionTimeoutMs: 50 }).catch((why) => why);
    expect(failure).toMatchObject({ name: 'TransientError', code: 'mongo.unreachable' });
    expect(failure.message).not.toContain('secret');
  });

  test.each(['localhost', 'http://localhost', 'mongodb://', 'mongodb://a:b:c'])(
    'refuses %s as no connection string',
    async (url) => {
      await expect(openMongo(url)).rejects.toMatchObject({
        name: 'PermanentError',
        code: 'mongo.url',
      });
    },
  );

  test('says that the server does not let it in', async () => {
    const server = await startReplicaSet();
    const said = ['AuthenticationFailed', 'Authentication failed.'] as const;
    server.befall('collMod', new MongoFault(18, ...said, ['RetryableWriteError']));
    await expect(openMongo(server.url)).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'mongo.refused',
      hint: expect.stringContaining('authSource'),
    });
    await server.stop();
  });

  test.each([
    ['/letters', 'letters'],
    ['/', 'understudy'],
    ['', 'understudy'],
    ['/?appName=x', 'understudy'],
    ['/of%20mine?appName=x', 'of mine'],
  ])('takes the database from the URL: “%s” is %s', async (path, name) => {
    const server = await startReplicaSet();
    const mongo = await openMongo(`mongodb://${new URL(server.url).host}${path}`);
    expect(mongo.db.databaseName).toBe(name);
    await mongo.close();
    await server.stop();
  });

  test('knows what a server that stands alone cannot do', async () => {
    const server = await startReplicaSet({ standalone: true });
    const mongo = await openMongo(server.url);
    expect(mongo.can).toEqual({ transactions: false, changeStreams: false, validators: true });
    await mongo.close();
    await server.stop();
  });
});

describe('the warehouse on a replica set', () => {
  let server: ReplicaSet;
  let mongo: Mongo;
  let warehouse: Warehouse;
  beforeEach(async () => {
    server = await startReplicaSet();
    mongo = await openMongo(server.url);
    warehouse = await openMongoWarehouse(mongo);
  });
  afterEach(async () => {
    await mongo.close();
    await server.stop();
    expect(server.violations).toEqual([]);
  });
  const asked = (command: string) => server.commands.filter((each) => command in each);
  const { id } = draft('one');

  test.each([
    ['is cut before it arrives', 'cut-before'],
    ['is cut before its reply', 'cut-after'],
    ['meets an election', notPrimary()],
  ] as const)('raises a revision by one though the write %s', async (_, mishap) => {
    await warehouse.upsert(draft('one'));
    server.befall('update', mishap);
    const changed = await warehouse.upsert(draft('one', { content: 'changed' }));
    expect(changed).toEqual({ outcome: 'changed', revision: 2 });
    expect((await warehouse.get(id))?.revision).toBe(2);
    const [first, second] = asked('update').slice(-2);
    expect(first).toBeDefined();
    // The same number: this is how the server knows that it has done it.
    expect(second?.['txnNumber']).toEqual(first?.['txnNumber']);
  });

  test('raises a revision by one though the server is silent for too long', async () => {
    const impatient = await openMongo(server.url, { replyTimeoutMs: 500 });
    const other = await openMongoWarehouse(impatient);
    server.befall('update', 'hold');
    expect(await other.upsert(draft('one'))).toEqual({ outcome: 'created', revision: 1 });
    server.release();
    await impatient.close();
    expect((await warehouse.get(id))?.revision).toBe(1);
  });

  test('reads again when a read is cut off', async () => {
    await warehouse.upsert(draft('one'));
    server.befall('find', 'cut-after');
    expect((await warehouse.get(id))?.id).toBe(id);
  });

  test('says that the server is away, and works when it is back', async () => {
    await server.goAway();
    await expect(warehouse.upsert(draft('one'))).rejects.toMatchObject({
      name: 'TransientError',
      code: 'mongo.unreachable',
    });
    await server.comeBack();
    const upserted = await vi.waitFor(() => warehouse.upsert(draft('one')), { timeout: 20_000 });
    expect(upserted).toEqual({ outcome: 'created', revision: 1 });
  });

  test('asks for a majority in every write and read', async () => {
    await warehouse.upsert(draft('one'));
    await warehouse.get(id);
    expect(asked('update').map(({ writeConcern }) => writeConcern)).toEqual([{ w: 'majority' }]);
    for (const { readConcern } of asked('find')) expect(readConcern).toEqual({ level: 'majority' });
  });

  test('keeps only documents of its schema, in every state', async () => {
    await warehouse.upsert(draft('one', { publishedAt: null, language: null }));
    await warehouse.upsert(draft('two'));
    await warehouse.tombstone([id]);
    await warehouse.forget([draft('two').id, draft('unknown').id]);
    await warehouse.remember([draft('two').id]);
    const states = [...server.collection('documents').documents.values()].map((of) => of['state']);
    expect(states.sort()).toEqual(['forgotten', 'mark', 'tombstone']);
    const half = { $set: { state: 'live' } };
    await expect(
      mongo.db.collection('documents').updateOne({ state: 'tombstone' }, half),
    ).rejects.toMatchObject({ code: 121 });
  });

  test('keeps of what was forgotten nothing but a hash and the time', async () => {
    await warehouse.upsert(draft('one'));
    await warehouse.forget([id]);
    const left = [...server.collection('documents').documents.values()];
    expect(left).toEqual([
      {
        _id: expect.stringMatching(/^[0-9a-f]{64}$/u),
        state: 'forgotten',
        changed: expect.anything(),
      },
    ]);
    expect(JSON.stringify(left)).not.toContain(id);
  });

  test('brings a collection that is there to its schema', async () => {
    await openMongoWarehouse(mongo);
    expect(asked('collMod').at(-1)).toMatchObject({
      collMod: 'documents',
      validator: { $jsonSchema: storedJsonSchema },
    });
  });

  test('refuses what is too large to be kept, before it is sent', async () => {
    const before = server.commands.length;
    const large = draft('one', { content: 'x'.repeat(17 * 1024 * 1024) });
    await expect(warehouse.upsert(large)).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'mongo.too-large',
      message: expect.stringContaining('17.0 MiB'),
    });
    expect(server.commands).toHaveLength(before);
  });

  test.each([
    [112, 'WriteConflict', { name: 'TransientError', code: 'mongo.busy' }],
    [50, 'MaxTimeMSExpired', { name: 'TransientError', code: 'mongo.busy' }],
    [10_334, 'BSONObjectTooLarge', { name: 'PermanentError', code: 'mongo.too-large' }],
    [14_031, 'OutOfDiskSpace', { name: 'PermanentError', code: 'mongo.full' }],
    [13, 'Unauthorized', { name: 'PermanentError', code: 'mongo.refused' }],
    [121, 'DocumentValidationFailure', { name: 'PermanentError', code: 'mongo.invalid' }],
    [96, 'OperationFailed', { name: 'PermanentError', code: 'mongo.failed' }],
  ])('tells error %i (%s) as what it is', async (code, name, expected) => {
    server.befall('update', new MongoFault(code, name, 'It did not work.'));
    await expect(warehouse.upsert(draft('one'))).rejects.toMatchObject(expected);
  });

  test('says that a document in the collection is none of ours', async () => {
    await warehouse.upsert(draft('one'));
    const [stored] = server.collection('documents').documents.values();
    if (stored) stored['title'] = 42;
    await expect(warehouse.get(id)).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'store.corrupt',
      message: expect.stringContaining('title'),
    });
  });

  test('has no version twice, even when what was forgotten and remembered lies long back', async () => {
    await warehouse.upsert(draft('one'));
    for (let n = 0; n < 100; n += 1) await warehouse.upsert(draft(`other${n}`));
    const before = await warehouse.version();
    await warehouse.forget([id]);
    await warehouse.remember([id]);
    expect(await warehouse.version()).not.toBe(before);
  });

  test('tells apart versions when changes become visible in another order than they were stamped', async () => {
    await warehouse.upsert(draft('one'));
    await warehouse.upsert(draft('two'));
    const documents = [...server.collection('documents').documents.values()];
    const [first, second] = documents;
    const early = first?.['changed'];
    // Not yet visible: the one that was stamped first.
    if (first) delete first['changed'];
    const before = await warehouse.version();
    if (first) first['changed'] = early;
    expect(second?.['changed'].compare(early)).toBe(1);
    expect(await warehouse.version()).not.toBe(before);
  });
});

test('on a server that stands alone a write whose reply was lost may be repeated by whoever asked', async () => {
  const server = await startReplicaSet({ standalone: true });
  const mongo = await openMongo(server.url);
  const warehouse = await openMongoWarehouse(mongo);
  server.befall('update', 'cut-after');
  await expect(warehouse.upsert(draft('one'))).rejects.toMatchObject({ code: 'mongo.unreachable' });
  expect(await warehouse.upsert(draft('one'))).toEqual({ outcome: 'unchanged', revision: 1 });
  await mongo.close();
  await server.stop();
  expect(server.violations).toEqual([]);
});
