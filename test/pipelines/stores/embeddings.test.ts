import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteEmbeddings } from '../../../pipelines/stores/embeddings/sqlite.ts';
import { sha256 } from '../../../pipelines/stores/identity.ts';
import { describeEmbeddingCache } from '../../conformance/embedding-cache.ts';
import { temporaryHome } from './temporary.ts';

describeEmbeddingCache('SQLite', async () => {
  const place = temporaryHome();
  let now = Date.parse('2026-03-14T12:00:00Z');
  return {
    cache: openSqliteEmbeddings(place.open(), () => now),
    other: openSqliteEmbeddings(place.open(), () => now),
    pass(ms) {
      now += ms;
    },
    close: async () => place.close(),
  };
});

let place: ReturnType<typeof temporaryHome>;
beforeEach(() => {
  place = temporaryHome();
});
afterEach(() => place.close());

test('neither hash nor vector of a dropped text is left in the bytes of the files', async () => {
  const database = place.open();
  const cache = openSqliteEmbeddings(database);
  const space = {
    model: { name: 'tiny', revision: 'r1', dimensions: 400 },
    role: 'passage',
  } as const;
  const vectorOf = (seed: number) =>
    Float32Array.from({ length: 400 }, (_, index) => Math.sin(seed * 1_000.1 + index));
  const texts = Array.from({ length: 50 }, (_, index) => `text ${index}`);
  await cache.put(
    space,
    texts.map((text, index) => ({ hash: sha256(text), vector: vectorOf(index) })),
  );
  const hash = Buffer.from(sha256('text 7'), 'hex');
  const vector = Buffer.from(vectorOf(7).buffer).subarray(0, 64);
  const readable = () =>
    ['', '-wal', '-shm']
      .map((end) => readFileSync(`${database.path}${end}`))
      .flatMap((bytes) => [bytes.includes(hash), bytes.includes(vector)])
      .some(Boolean);
  expect(readable()).toBe(true);
  await cache.retain(texts.filter((text) => text !== 'text 7').map(sha256));
  expect(readable()).toBe(false);
  expect(await cache.size()).toMatchObject({ vectors: 49 });
});
