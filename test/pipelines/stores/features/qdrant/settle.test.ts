import { afterEach, beforeEach, expect, test } from 'vitest';
import { featureSetId } from '../../../../../pipelines/stores/features/manifest.ts';
import type { FeatureStore } from '../../../../../pipelines/stores/features/port.ts';
import { features, manifest } from '../../../../conformance/fixtures.ts';
import { type QdrantServer, startQdrant } from '../../../../servers/qdrant/server.ts';
import { placeOn } from './place.ts';

const made = manifest('settling');
const set = featureSetId(made);
const slow = { timeout: 120_000 };

let server: QdrantServer;
let place: ReturnType<typeof placeOn>;
let store: FeatureStore;
beforeEach(async () => {
  server = await startQdrant();
  place = placeOn({ url: server.url, apiKey: undefined });
  store = await place.open({ doubtMs: 0 });
  await store.createSet(made);
});
afterEach(async () => {
  server.behave();
  await place.close();
  await server.close();
});

const points = () => server.collection(`${place.prefix}-${set}`)!.points;
const chunks = () => points().filter(({ payload }) => payload['type'] === 'chunk');
/** For which mean lengths there are weights, in tokens. */
const written = () =>
  [...new Set(chunks().map(({ payload }) => Number(payload['writtenFor']) / 1_000))].sort(
    (a, b) => a - b,
  );
const passages = (count: number, length: number) =>
  Array.from({ length: count }, (_, n) =>
    [`word${n % 10}`, ...Array(length - 1).fill('filler')].join(' '),
  );
const found = async (from: FeatureStore) =>
  (await from.searchLexical(set, [{ term: 'word3', weight: 1 }], { limit: 5 })).map(
    ({ chunk, score }) => [chunk.id, score],
  );

test('weights are written for the mean length there was, and anew before a set becomes current', async () => {
  await store.putDocument(set, features(made, 'short', passages(20, 4)));
  await store.putDocument(set, features(made, 'long', passages(20, 12)));
  expect(written()).toEqual([4]);
  const before = await found(store);
  await store.switchTo(set, undefined);
  expect(written()).toEqual([8]);
  expect(await found(store)).toEqual(before);
  await store.putDocument(set, features(made, 'later', passages(2, 30)));
  expect(written()).toEqual([8]);
});

test(
  'weights are written anew once the mean has moved by more than a few per cent',
  slow,
  async () => {
    for (let n = 0; n < 5; n += 1) {
      await store.putDocument(set, features(made, `short ${n}`, passages(100, 4)));
    }
    expect(written()).toEqual([4]);
    await store.putDocument(set, features(made, 'long', passages(100, 12)));
    expect(written()).toEqual([expect.closeTo((500 * 4 + 100 * 12) / 600, 3)]);
  },
);

test(
  'writing anew goes on where it was killed, and meanwhile nobody finds anything else',
  slow,
  async () => {
    for (const [name, length] of [
      ['a', 4],
      ['b', 8],
      ['c', 12],
    ] as const) {
      await store.putDocument(set, features(made, name, passages(90, length)));
    }
    const before = await found(store);
    server.misbehave({ kind: 'cut' }, { on: /POST .*\/points\/batch/, after: 1 });
    await expect(store.switchTo(set, undefined)).rejects.toMatchObject({
      code: 'qdrant.unreachable',
    });
    server.behave();
    expect(written()).toEqual([4, 8]);
    expect(await store.current()).toBeUndefined();
    const other = await place.open({ doubtMs: 0 });
    expect(await found(other)).toEqual(before);
    await other.switchTo(set, undefined);
    expect(written()).toEqual([8]);
    expect(await found(other)).toEqual(before);
  },
);
