import { afterAll, beforeAll, expect, test } from 'vitest';
import { featureSetId } from '../../../../../pipelines/stores/features/manifest.ts';
import type { FeatureStore, HybridQuery } from '../../../../../pipelines/stores/features/port.ts';
import { features, manifest, seeded } from '../../../../conformance/fixtures.ts';
import { type QdrantServer, startQdrant } from '../../../../servers/qdrant/server.ts';
import { placeOn } from './place.ts';

const made = manifest('hybrid', 3);
const set = featureSetId(made);
const day = 86_400_000;

let server: QdrantServer;
let place: ReturnType<typeof placeOn>;
/** Takes what the server fuses; `careful` looks at what was written lately twice, and so fuses by itself. */
let store: FeatureStore;
let careful: FeatureStore;
beforeAll(async () => {
  server = await startQdrant();
  place = placeOn({ url: server.url, apiKey: undefined });
  store = await place.open({ doubtMs: 0 });
  careful = await place.open();
  await store.createSet(made);
  const random = seeded(5);
  for (let n = 0; n < 25; n += 1) {
    const passages = [0, 1, 2].map((at) => {
      const length = 10 + n + 40 * at;
      const word = () => ['alpha', 'beta', 'gamma'][Math.floor(random() * 8)] ?? `filler${length}`;
      return Array.from({ length }, word).join(' ');
    });
    const vectors = passages.map(() => [random() - 0.5, random() - 0.5, random() - 0.5]);
    const publishedAt = n % 5 === 0 ? null : new Date(n * 15 * day).toISOString();
    const attributes = { publishedAt, source: n % 2 ? 'blog' : 'letters' };
    await store.putDocument(set, features(made, `n${n}`, passages, { vectors, attributes }));
  }
  await store.switchTo(set, undefined);
}, 120_000);
afterAll(async () => {
  await place.close();
  await server.close();
});

const asked: HybridQuery = {
  terms: ['alpha', 'gamma'].map((term) => ({ term, weight: 1 })),
  vector: Float32Array.from([0.3, -0.8, 0.5]),
};
const fusions = () =>
  server.requests.filter(({ body }) => JSON.stringify(body)?.includes('"rrf"')).length;

const recency = { halfLifeMs: 90 * day, weight: 0.4, now: 400 * day };
test.each([
  ['shares', { shares: { lexical: 2, dense: 0.7 } }, {}],
  ['recency', { recency }, {}],
  ['documents', { perDocument: 1 }, {}],
  ['all of it', { perDocument: 2, recency, shares: { dense: 3 } }, { sources: ['blog'] }],
] as const)('the server fuses what would be fused here: %s', async (_, more, access) => {
  const options = { limit: 15, access };
  const before = fusions();
  const theirs = await store.searchHybrid(set, { ...asked, ...more }, options);
  expect(fusions()).toBe(before + 1);
  const ours = await careful.searchHybrid(set, { ...asked, ...more }, options);
  expect(theirs).toHaveLength(15);
  expect(theirs.map(({ score }) => score)).toEqual(
    ours.map(({ score }) => expect.closeTo(score, 6)),
  );
  expect(theirs.map(({ chunk }) => chunk.id)).toEqual(ours.map(({ chunk }) => chunk.id));
});

test('what is half replaced is not taken from the server', async () => {
  const put = (revision: number) =>
    features(made, 'n1', ['alpha alpha', 'gamma'], {
      revision,
      vectors: [
        [0.3, -0.8, 0.5],
        [0.3, -0.8, 0.5],
      ],
    });
  await store.putDocument(set, put(2));
  await store.switchTo(set, set);
  server.misbehave({ kind: 'cut' }, { on: /points\/batch/, after: 1 });
  await expect(store.putDocument(set, put(3))).rejects.toThrow();
  server.behave();
  const found = await store.searchHybrid(set, asked, { limit: 200 });
  const revisions = found
    .filter(({ chunk }) => chunk.documentId === put(1).documentId)
    .map(({ chunk }) => chunk.revision);
  expect(revisions).toEqual([3, 3]);
});
