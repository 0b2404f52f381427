import { afterAll, beforeAll, describe } from 'vitest';
import { openMongoRegistry } from '../../../pipelines/stores/registry/mongo.ts';
import { describeRegistry } from '../../conformance/registry.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';
import { mongoHouse } from './temporary-mongo.ts';

describe.skipIf(!hasMongo)('with a MongoDB', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());

  describeRegistry('MongoDB', async () => {
    const place = house.database();
    return {
      registry: await openMongoRegistry(await place.open()),
      other: await openMongoRegistry(await place.open()),
      where: place.url,
      close: place.close,
    };
  });
});
