import { afterAll, beforeAll, describe } from 'vitest';
import { openMongoHeaders } from '../../../pipelines/stores/headers/mongo.ts';
import { describeHeaderStore } from '../../conformance/header-store.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';
import { mongoHouse } from './temporary-mongo.ts';

describe.skipIf(!hasMongo)('with a MongoDB', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());

  describeHeaderStore('MongoDB', async () => {
    const place = house.database();
    return {
      headers: await openMongoHeaders(await place.open()),
      other: await openMongoHeaders(await place.open()),
      close: place.close,
    };
  });
});
