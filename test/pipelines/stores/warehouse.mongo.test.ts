import { afterAll, beforeAll, describe } from 'vitest';
import { openMongoWarehouse } from '../../../pipelines/stores/warehouse/mongo/adapter.ts';
import { describeWarehouse } from '../../conformance/warehouse.ts';
import { describeDurability } from '../../conformance/warehouse-durability.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';
import { mongoHouse } from './temporary-mongo.ts';

describe.skipIf(!hasMongo)('with a MongoDB', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());

  const open = async () => {
    const place = house.database();
    return {
      warehouse: await openMongoWarehouse(await place.open()),
      other: await openMongoWarehouse(await place.open()),
      address: place.url,
      close: place.close,
    };
  };
  describeWarehouse('MongoDB', open);
  describeDurability('MongoDB', open);
});
