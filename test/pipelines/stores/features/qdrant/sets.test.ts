import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { featureSetId } from '../../../../../pipelines/stores/features/manifest.ts';
import type { FeatureStore } from '../../../../../pipelines/stores/features/port.ts';
import { collected, features, manifest } from '../../../../conformance/fixtures.ts';
import { type QdrantServer, startQdrant } from '../../../../servers/qdrant/server.ts';
import { placeOn } from './place.ts';

const one = manifest('one');
const two = manifest('two', 4);
const [first, second] = [featureSetId(one), featureSetId(two)];

let server: QdrantServer;
let place: ReturnType<typeof placeOn>;
let store: FeatureStore;
beforeEach(async () => {
  // As strict as hosted servers are: nothing unindexed, small batches.
  server = await startQdrant({
    strictMode: {
      enabled: true,
      unindexed_filtering_retrieve: false,
      unindexed_filtering_update: false,
      max_query_limit: 1_000,
      upsert_max_batchsize: 100,
      search_max_batchsize: 64,
    },
  });
  place = placeOn({ url: server.url, apiKey: undefined });
  store = await place.open();
  await store.createSet(one);
  await store.createSet(two);
});
afterEach(async () => {
  server.behave();
  await place.close();
  await server.close();
  expect(server.violations).toEqual([]);
});
const alias = () => server.aliases()[`${place.prefix}-current`];
const collection = (set: string) => `${place.prefix}-${set}`;

test('a set is a collection with words, and with vectors where it has an embedder', async () => {
  expect(server.collections().toSorted()).toEqual(
    [`${place.prefix}-sets`, collection(first), collection(second)].sort(),
  );
  const { indexes } = server.collection(collection(first))!;
  for (const field of ['author', 'source', 'kind', 'platform', 'publishedAt', 'documentId']) {
    expect(indexes).toHaveProperty(field);
  }
});

test('the alias follows the pointer', async () => {
  expect(alias()).toBeUndefined();
  await store.switchTo(first, undefined);
  expect(alias()).toBe(collection(first));
  await store.switchTo(second, first);
  expect(alias()).toBe(collection(second));
});

describe('a process that is killed', () => {
  test('between pointer and alias has switched; the alias is put right when a store is opened', async () => {
    await store.switchTo(first, undefined);
    server.misbehave({ kind: 'cut' }, { on: 'POST /collections/aliases' });
    await expect(store.switchTo(second, first)).rejects.toThrow();
    server.behave();
    expect((await store.current())?.id).toBe(second);
    expect(alias()).toBe(collection(first));
    await place.open();
    expect(alias()).toBe(collection(second));
  });

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'while it drops a set (%d) leaves all of it or none',
    async (after) => {
      await store.switchTo(second, undefined);
      await store.putDocument(first, features(one, 'a', ['words']));
      server.misbehave({ kind: 'cut' }, { after });
      await expect(store.dropSet(first)).rejects.toThrow();
      server.behave();
      const opened = await place.open();
      const left = (await opened.sets()).find(({ id }) => id === first);
      if (left) expect(left).toMatchObject({ documents: 1, chunks: 1 });
      else expect(server.collections()).not.toContain(collection(first));
      await opened.dropSet(first);
      await opened.createSet(one);
      expect(await collected(opened.revisions(first))).toEqual([]);
    },
  );

  test.each([0, 3, 10, 20])(
    'while it makes a set (%d) leaves none, or one that can be used',
    async (after) => {
      const three = manifest('three');
      server.misbehave({ kind: 'cut' }, { after });
      await expect(store.createSet(three)).rejects.toThrow();
      server.behave();
      expect(await store.createSet(three)).toMatchObject({ state: 'building', documents: 0 });
      await store.putDocument(featureSetId(three), features(three, 'a', ['words']));
      await store.switchTo(featureSetId(three), undefined);
    },
  );
});

test('what is switched to is never dropped at the same moment', async () => {
  const other = await place.open();
  for (let round = 0; round < 10; round += 1) {
    await store.createSet(one);
    const before = (await store.current())?.id;
    await Promise.allSettled([store.switchTo(first, before), other.dropSet(first)]);
    const current = (await store.current())?.id;
    expect([first, before]).toContain(current);
    if (current === first) {
      expect(server.collections()).toContain(collection(first));
      await store.createSet(two);
      await store.switchTo(second, first);
    }
  }
});

test('a strict server finds nothing to refuse in a whole life of a set', async () => {
  const passages = Array.from({ length: 250 }, (_, n) => `words of number ${n}`);
  const vectors = passages.map((_, n) => [1, n, 0, 1]);
  await store.putDocument(second, features(two, 'a', passages, { vectors }));
  await store.putDocument(second, features(two, 'a', passages, { vectors, revision: 2 }));
  await store.switchTo(second, undefined);
  const terms = Array.from({ length: 150 }, (_, n) => ({ term: `${n}`, weight: 1 }));
  const access = { since: '2020', authors: ['ada'], sources: ['example.org'] };
  expect(await store.searchLexical(second, terms, { limit: 50, access })).toHaveLength(50);
  const vector = Float32Array.from([1, 0, 0, 0]);
  expect(await store.searchDense(second, vector, { limit: 50, access })).toHaveLength(50);
  const recency = { halfLifeMs: 1_000, weight: 1, now: 0 };
  const settled = await place.open({ doubtMs: 0 });
  const hybrid = { terms, vector, recency, perDocument: 3 };
  expect(await settled.searchHybrid(second, hybrid, { limit: 50, access })).toHaveLength(3);
  expect(await store.count(second, access)).toEqual({ documents: 1, chunks: 250 });
  const ids = features(two, 'a', passages, { vectors }).chunks.map(({ id }) => id);
  expect(await store.chunks(second, ids, access)).toHaveLength(250);
  expect(await collected(store.documentChunks(second, ids[0]!))).toEqual([]);
  await store.removeDocument(second, features(two, 'a', []).documentId);
  expect(await store.count(second)).toEqual({ documents: 0, chunks: 0 });
});
