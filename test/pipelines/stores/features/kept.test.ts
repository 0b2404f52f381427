import { describe, expect, test } from 'vitest';
import type { RetrievedChunk } from '../../../../pipelines/stores/features/chunk.ts';
import {
  type Kept,
  keepChunks,
  keptChunks,
} from '../../../../pipelines/stores/features/sqlite/kept.ts';

const million = 'x'.repeat(1_000_000);
const chunk = (millions: number) =>
  ({ text: million.repeat(millions) }) as unknown as RetrievedChunk;
const nothing = (): Kept => ({ version: 1, documents: new Map(), chunks: new Map(), units: 0 });
const keep = (kept: Kept, key: number, millions: number) =>
  keepChunks(kept, new Map([[key, chunk(millions)]]));

describe('passages that are remembered', () => {
  test('are the same objects, and only those that were asked for', () => {
    const kept = nothing();
    const one = chunk(1);
    keepChunks(kept, new Map([[1, one]]));
    expect(keptChunks(kept, [2, 1])).toEqual(new Map([[1, one]]));
    expect(keptChunks(kept, [1]).get(1)).toBe(one);
  });

  test('are bounded by their length together, those used longest ago going first', () => {
    const kept = nothing();
    for (const key of [1, 2, 3]) keep(kept, key, 1);
    keptChunks(kept, [1]);
    keep(kept, 4, 2);
    expect([...kept.chunks.keys()]).toEqual([3, 1, 4]);
    expect(kept.units).toBe(4_000_000);
  });

  test('count once, however often they are read', () => {
    const kept = nothing();
    keep(kept, 1, 2);
    keep(kept, 1, 2);
    expect(kept.units).toBe(2_000_000);
  });
});
