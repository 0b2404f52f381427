import { describe, expect, test } from 'vitest';
import { saturated } from '../../../../../pipelines/stores/features/bm25.ts';
import { denseParams } from '../../../../../pipelines/stores/features/qdrant/collection.ts';
import { accessConditions } from '../../../../../pipelines/stores/features/qdrant/filter.ts';
import { versionOf } from '../../../../../pipelines/stores/features/qdrant/points.ts';
import {
  indexOf,
  sparseVector,
  wordsOf,
} from '../../../../../pipelines/stores/features/qdrant/words.ts';
import { features, manifest } from '../../../../conformance/fixtures.ts';

describe('access', () => {
  test('becomes conditions that all must hold', () => {
    const access = {
      origins: ['/a', '/b'],
      sources: ['blog'],
      authors: ['ada'],
      since: '2024-05-01T02:00:00+02:00',
    };
    expect(accessConditions(access)).toEqual([
      { key: 'origin', match: { any: ['/a', '/b'] } },
      { key: 'source', match: { any: ['blog'] } },
      { key: 'author', match: { any: ['ada'] } },
      { key: 'publishedAt', range: { gte: '2024-05-01T00:00:00.000Z' } },
    ]);
    expect(accessConditions({})).toEqual([]);
    expect(accessConditions(undefined)).toEqual([]);
  });

  test('that nothing can pass is never sent', () => {
    expect(accessConditions({ authors: [], sources: ['blog'] })).toBe('nothing');
    expect(accessConditions({ since: 'yesterday' })).toBe('nothing');
  });
});

describe('words', () => {
  test('are stems, those of the context line counting double, with a length of all tokens', () => {
    const { frequencies, length } = wordsOf({ context: 'Running late', text: 'He runs. Late?' });
    expect(Object.fromEntries(frequencies)).toEqual({ run: 3, late: 3, he: 1 });
    expect(length).toBe(5);
  });

  test('become dimensions of their own beside one that every passage has', () => {
    const words = wordsOf({ context: '', text: 'one two two' });
    const { indices, values } = sparseVector(words, 4);
    expect(indices).toEqual([0, indexOf('on'), indexOf('two')]);
    expect(values).toEqual([1, saturated(1, 3, 4), saturated(2, 3, 4)]);
    expect(sparseVector(wordsOf({ context: '', text: '!' }), 4).indices).toEqual([0]);
  });

  test('rarely share a dimension', () => {
    const words = Array.from({ length: 100_000 }, (_, n) => `word${n}`);
    const dimensions = new Set(words.map(indexOf));
    // 1.2 pairs are to be expected.
    expect(words.length - dimensions.size).toBeLessThanOrEqual(6);
    for (const dimension of dimensions) expect(dimension).toBeGreaterThan(0);
    expect(Math.max(...[...dimensions].slice(0, 50_000))).toBeGreaterThan(2 ** 31);
  });
});

test('the same features are the same version, and any difference another', () => {
  const made = manifest('version', 2);
  const put = (text: string, x = 1) => features(made, 'one', [text], { vectors: [[x, 0]] });
  expect(versionOf(put('a'))).toBe(versionOf(put('a')));
  const versions = [put('a'), put('b'), put('a', 2)].map(versionOf);
  expect(new Set(versions).size).toBe(3);
});

test('vectors that would not fit into memory go to disk, with 8-bit copies in memory', () => {
  const small = denseParams(384, { expectedChunks: 500_000 });
  expect(small).toMatchObject({ size: 384, distance: 'Cosine', on_disk: false });
  expect(small).not.toHaveProperty('quantization_config');
  expect(denseParams(1_024, { expectedChunks: 500_000 })).toMatchObject({
    on_disk: true,
    hnsw_config: { m: 32 },
    quantization_config: { scalar: { type: 'int8', always_ram: true } },
  });
  expect(denseParams(384, { expectedChunks: 500_000, vectorMemoryBytes: 1 })).toMatchObject({
    on_disk: true,
  });
});
