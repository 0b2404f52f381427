import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cachedEmbedder } from '../../../../pipelines/serving/embed/cached.ts';
import type { Embedder } from '../../../../pipelines/serving/embed/port.ts';
import { openTeiEmbedder } from '../../../../pipelines/serving/embed/tei.ts';
import type { EmbeddingCache } from '../../../../pipelines/stores/embeddings/port.ts';
import { openSqliteEmbeddings } from '../../../../pipelines/stores/embeddings/sqlite.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';
import { describeEmbedder } from '../../../conformance/embedder.ts';
import { startTei } from '../../../servers/tei/server.ts';
import { temporaryHome } from '../../stores/temporary.ts';

describeEmbedder('TEI behind a cache', async (prefixes) => {
  const server = await startTei();
  const place = temporaryHome();
  const tei = await openTeiEmbedder({ endpoints: [{ url: server.url }], ...prefixes });
  const embedder = cachedEmbedder(tei, openSqliteEmbeddings(place.open()));
  return {
    embedder,
    async close() {
      await embedder.close();
      await server.close();
      place.close();
    },
  };
});

type Call = { readonly texts: readonly string[]; readonly as: string };
let place: ReturnType<typeof temporaryHome>;
let cache: EmbeddingCache;
let calls: Call[];
beforeEach(() => {
  place = temporaryHome();
  cache = openSqliteEmbeddings(place.open());
  calls = [];
});
afterEach(() => place.close());

/** Two dimensions, from the text's length; notes what it was asked for. */
const counting = (revision = 'r1'): Embedder => ({
  identity: { name: 'counting', revision, dimensions: 2 },
  maxTokens: 512,
  async embed(texts, as) {
    calls.push({ texts, as });
    return texts.map(({ length }) => new Float32Array([Math.cos(length), Math.sin(length)]));
  },
  close: async () => {},
});

describe('a cached embedder', () => {
  test('embeds a passage once, also after a restart', async () => {
    const first = await cachedEmbedder(counting(), cache).embed(['a', 'bb'], 'passage');
    const restarted = cachedEmbedder(counting(), openSqliteEmbeddings(place.open()));
    expect(await restarted.embed(['bb', 'ccc', 'a'], 'passage')).toEqual([
      first[1],
      new Float32Array([Math.cos(3), Math.sin(3)]),
      first[0],
    ]);
    expect(calls.map(({ texts }) => texts)).toEqual([['a', 'bb'], ['ccc']]);
  });

  test('embeds the same text once within a call, and asks for nothing when all is known', async () => {
    const embedder = cachedEmbedder(counting(), cache);
    const [one, other] = await embedder.embed(['a', 'a', 'bb'], 'passage');
    expect(one).toEqual(other);
    expect(one).not.toBe(other);
    await embedder.embed(['bb', 'a'], 'passage');
    expect(calls).toEqual([{ texts: ['a', 'bb'], as: 'passage' }]);
  });

  test('takes no vector of other weights', async () => {
    await cachedEmbedder(counting('r1'), cache).embed(['a'], 'passage');
    await cachedEmbedder(counting('r2'), cache).embed(['a'], 'passage');
    expect(calls).toHaveLength(2);
  });

  test('keeps questions in memory only, the latest of them, and apart from passages', async () => {
    const embedder = cachedEmbedder(counting(), cache, { queries: 2 });
    for (const text of ['a', 'bb', 'a', 'ccc', 'a', 'bb']) await embedder.embed([text], 'query');
    expect(calls.flatMap(({ texts }) => texts)).toEqual(['a', 'bb', 'ccc', 'bb']);
    expect(await cache.size()).toMatchObject({ vectors: 0 });
    await embedder.embed(['a'], 'passage');
    expect(calls.at(-1)).toEqual({ texts: ['a'], as: 'passage' });
  });

  test('hands out vectors that may be changed', async () => {
    const embedder = cachedEmbedder(counting(), cache);
    for (const as of ['query', 'passage'] as const) {
      const [before] = await embedder.embed(['a'], as);
      const kept = before!.slice();
      before!.fill(0);
      expect((await embedder.embed(['a'], as))[0]).toEqual(kept);
    }
  });

  test('does without a cache that is busy, and fails with one that is broken', async () => {
    const failing = (error: Error): EmbeddingCache => ({
      ...cache,
      get: () => Promise.reject(error),
      put: () => Promise.reject(error),
    });
    const busy = new TransientError('busy', { code: 'store.busy' });
    expect(await cachedEmbedder(counting(), failing(busy)).embed(['a'], 'passage')).toHaveLength(1);
    const broken = new PermanentError('broken', { code: 'store.corrupt' });
    const embedding = cachedEmbedder(counting(), failing(broken)).embed(['a'], 'passage');
    await expect(embedding).rejects.toBe(broken);
  });

  test('keeps nothing of a call that failed', async () => {
    const error = new TransientError('down', { code: 'embed.down' });
    const failing: Embedder = { ...counting(), embed: () => Promise.reject(error) };
    await expect(cachedEmbedder(failing, cache).embed(['a'], 'passage')).rejects.toBe(error);
    expect(await cache.size()).toMatchObject({ vectors: 0 });
  });
});
