import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mongoPseudonymKey, openMongoSealedStore } from '../../../bots/state/mongo/secrets.ts';
import type { Mongo } from '../../../pipelines/stores/mongo/connection.ts';
import { mongoHouse, type TemporaryMongo } from '../../pipelines/stores/temporary-mongo.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';

describe.skipIf(!hasMongo)('secrets on MongoDB', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  let database: TemporaryMongo;
  let machines: readonly [Mongo, Mongo];
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());
  beforeEach(async () => {
    database = house.database();
    machines = [await database.open(), await database.open()];
  });
  afterEach(() => database.close());

  test('keeps sealed bytes for every machine, replaces them, and removes them', async () => {
    const [one, other] = await Promise.all(machines.map((mongo) => openMongoSealedStore(mongo)));
    await one!.put('T1', Uint8Array.of(1, 2, 255));
    expect(await other!.get('T1')).toEqual(Uint8Array.of(1, 2, 255));
    await other!.put('T1', Uint8Array.of(9));
    expect(await one!.get('T1')).toEqual(Uint8Array.of(9));
    expect(await one!.get('T2')).toBeUndefined();
    await one!.remove('T1');
    await one!.remove('T1');
    expect(await other!.get('T1')).toBeUndefined();
  });

  test('loses no secret when two machines put the first one at once', async () => {
    const [one, other] = await Promise.all(machines.map((mongo) => openMongoSealedStore(mongo)));
    await Promise.all([one!.put('T1', Uint8Array.of(1)), other!.put('T1', Uint8Array.of(2))]);
    expect([1, 2]).toContain((await one!.get('T1'))?.[0]);
  });

  test('gives every machine the same key for pseudonyms, also when all ask first at once', async () => {
    const keys = await Promise.all(
      Array.from({ length: 8 }, (_, index) => mongoPseudonymKey(machines[index % 2]!)),
    );
    expect(keys[0]).toHaveLength(32);
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  });
});
