import { afterAll, beforeAll } from 'vitest';
import { describeFeatures } from '../../../../conformance/features.ts';
import { qdrantForTests } from '../../../../servers/qdrant/server.ts';
import { placeOn } from './place.ts';

let server: Awaited<ReturnType<typeof qdrantForTests>>;
beforeAll(async () => {
  server = await qdrantForTests();
});
afterAll(() => server.stop());

describeFeatures('Qdrant', async () => {
  const place = placeOn(server);
  return { store: await place.open(), other: await place.open(), close: place.close };
});
