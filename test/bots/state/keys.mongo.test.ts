import { afterAll, beforeAll, describe } from 'vitest';
import { openMongoApiKeys } from '../../../bots/state/mongo/api-keys.ts';
import { describeApiKeys } from '../../conformance/api-keys.ts';
import { mongoHouse } from '../../pipelines/stores/temporary-mongo.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';

describe.skipIf(!hasMongo)('with a MongoDB', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());

  describeApiKeys('MongoDB', async () => {
    const place = house.database();
    return {
      keys: await openMongoApiKeys(await place.open()),
      other: await openMongoApiKeys(await place.open()),
      close: place.close,
    };
  });
});
