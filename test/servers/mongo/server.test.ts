import { type Document, MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { schemaCheck } from './schema.ts';
import { type ReplicaSet, startReplicaSet } from './server.ts';

let server: ReplicaSet;
let client: MongoClient;
beforeEach(async () => {
  server = await startReplicaSet();
  client = new MongoClient(server.url, { serverSelectionTimeoutMS: 2_000 });
});
afterEach(async () => {
  await client.close();
  await server.stop();
});
const majority = { w: 'majority' } as const;
const kept = () => client.db().collection<{ _id: string; n?: number }>('kept');

test('keeps what is written and gives it back', async () => {
  await kept().updateOne(
    { _id: 'a' },
    { $set: { n: 1 } },
    { upsert: true, writeConcern: majority },
  );
  await kept().updateOne({ _id: 'a' }, { $inc: { n: 2 } }, { writeConcern: majority });
  expect(await kept().findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 3 });
  await kept().deleteOne({ _id: 'a' }, { writeConcern: majority });
  expect(await kept().findOne({ _id: 'a' })).toBeNull();
  expect(server.violations).toEqual([]);
});

test('refuses a second document of the same key', async () => {
  const put = () =>
    kept().updateOne(
      { _id: 'a', n: { $exists: false } },
      { $set: { n: 1 } },
      { upsert: true, writeConcern: majority },
    );
  await put();
  await expect(put()).rejects.toMatchObject({ code: 11_000 });
});

test.each<[string, Document]>([
  ['a command that is none', { frobnicate: 1 }],
  ['a field that is none', { find: 'kept', fliter: {} }],
  ['an operator that it does not know', { find: 'kept', filter: { n: { $near: 1 } } }],
  ['a write that no majority has to take', { update: 'kept', updates: [{ q: {}, u: {} }] }],
  ['another aggregation than of changes', { aggregate: 'kept', pipeline: [], cursor: {} }],
])('takes offence at %s', async (_, command) => {
  await kept().updateOne(
    { _id: 'a' },
    { $set: { n: 1 } },
    { upsert: true, writeConcern: majority },
  );
  await expect(client.db().command(command)).rejects.toThrow();
  expect(server.violations).toHaveLength(1);
});

test('does a retried write once, and a new one again', async () => {
  server.befall('update', 'cut-after');
  await kept().updateOne(
    { _id: 'a' },
    { $inc: { n: 1 } },
    { upsert: true, writeConcern: majority },
  );
  expect(await kept().findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
  await kept().updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { writeConcern: majority });
  expect(await kept().findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 2 });
});

test('holds documents to their schema, and a schema to what there is', () => {
  const check = schemaCheck({
    bsonType: 'object',
    required: ['name'],
    properties: { name: { bsonType: ['string', 'null'] } },
  });
  expect([check({ name: 'a' }), check({ name: null }), check({ name: 1 }), check({})]).toEqual([
    ...[true, true, false, false],
  ]);
  expect(() => schemaCheck({ bsonType: 'text' })).toThrow('no BSON type');
  expect(() => schemaCheck({ bsonType: 'object', requires: ['name'] })).toThrow('requires');
});
