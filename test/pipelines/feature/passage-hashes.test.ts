import { afterEach, beforeEach, expect, test } from 'vitest';
import { passageHashes } from '../../../pipelines/feature/passage-hashes.ts';
import { chunkPolicy } from '../../../pipelines/feature/policy.ts';
import { type SyncOptions, syncFeatures } from '../../../pipelines/feature/sync.ts';
import { cachedEmbedder } from '../../../pipelines/serving/embed/cached.ts';
import type { Embedder } from '../../../pipelines/serving/embed/port.ts';
import type { EmbeddingCache } from '../../../pipelines/stores/embeddings/port.ts';
import { openSqliteEmbeddings } from '../../../pipelines/stores/embeddings/sqlite.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import { type EmbeddedStores, openEmbedded } from '../../../pipelines/stores/open.ts';
import { temporaryHome } from '../stores/temporary.ts';
import { draft } from './documents.ts';

let place: ReturnType<typeof temporaryHome>;
let stores: EmbeddedStores;
let cache: EmbeddingCache;
let embedded: string[];
beforeEach(() => {
  place = temporaryHome();
  stores = openEmbedded(place.home);
  cache = openSqliteEmbeddings(stores.database);
  embedded = [];
});
afterEach(async () => {
  await stores.close();
  place.close();
});

const counting: Embedder = {
  identity: { name: 'counting', revision: 'r1', dimensions: 2 },
  maxTokens: 512,
  async embed(texts) {
    embedded.push(...texts);
    return texts.map(({ length }) => new Float32Array([Math.cos(length), Math.sin(length)]));
  },
  close: async () => {},
};
const sync = (options: SyncOptions = {}) =>
  Array.fromAsync(syncFeatures({ ...stores, embedder: cachedEmbedder(counting, cache) }, options));
const put = (name: string, content: string) => stores.warehouse.upsert(draft(name, content));

test('after forgetting a document the cache keeps what is left, and nothing of it, earlier revisions included', async () => {
  await put('stays', 'The queue keeps jobs.');
  await put('goes', 'The cache evicts keys, said Grace.');
  await sync();
  await put('goes', 'The cache evicts keys.');
  await sync();
  const smaller = { target: 20, max: 40, overlap: 0 };
  const sizes = { post: smaller, article: smaller, repository: smaller, note: smaller };
  await sync({ policy: { ...chunkPolicy, sizes } });
  expect(await cache.size()).toMatchObject({ vectors: 3 });

  const id = documentId(draft('goes', '').link);
  await stores.warehouse.forget([id]);
  await stores.features.forget([id]);
  expect(await cache.retain(await passageHashes(stores.features))).toBe(2);

  embedded = [];
  await sync({ rebuild: true });
  expect(embedded).toEqual([]);
  expect(await cache.size()).toMatchObject({ vectors: 1 });
});

test('a document that changed is embedded where it changed', async () => {
  const said = (part: string) =>
    Array.from({ length: 60 }, (_, line) => `Line ${line} of ${part} says one thing.`).join(' ');
  const long = (last: string) => `${said('the first')}\n\n## Last\n\n${last} ${said('the last')}`;
  await put('long', long('Before.'));
  await sync();
  const before = embedded.length;
  embedded = [];
  await put('long', long('After.'));
  await sync();
  expect(before).toBeGreaterThan(3);
  expect(embedded.length).toBeGreaterThan(0);
  expect(embedded.length).toBeLessThan(before);
});

test('a stop in the middle of a walk is heeded', async () => {
  await put('stays', 'The queue keeps jobs.');
  await sync();
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(passageHashes(stores.features, signal)).rejects.toThrow('enough');
});
