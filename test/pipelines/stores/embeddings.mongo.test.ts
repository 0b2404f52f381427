import { afterAll, beforeAll, describe } from 'vitest';
import { openMongoEmbeddings } from '../../../pipelines/stores/embeddings/mongo.ts';
import { describeEmbeddingCache } from '../../conformance/embedding-cache.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';
import { mongoHouse } from './temporary-mongo.ts';

describe.skipIf(!hasMongo)('with a MongoDB', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());

  describeEmbeddingCache('MongoDB', async () => {
    const place = house.database();
    let now = Date.parse('2026-03-14T12:00:00Z');
    return {
      cache: await openMongoEmbeddings(await place.open(), () => now),
      other: await openMongoEmbeddings(await place.open(), () => now),
      pass(ms) {
        now += ms;
      },
      close: place.close,
    };
  });
});
