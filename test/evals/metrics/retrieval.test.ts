import { describe, expect, it } from 'vitest';
import { ndcgAt, recallAt, reciprocalRankAt } from '../../../evals/metrics/retrieval.ts';

const judgments = new Map([
  ['a', 2],
  ['b', 1],
  ['c', 1],
  ['junk', 0],
]);

describe('nDCG', () => {
  it('is 1 for an ideal ranking and 0 for one without anything relevant', () => {
    expect(ndcgAt(10, ['a', 'b', 'c'], judgments)).toBe(1);
    expect(ndcgAt(10, ['x', 'junk'], judgments)).toBe(0);
  });

  it('discounts by the logarithm of the rank, by hand', () => {
    // (1/log2 2 + 2/log2 4) / (2/log2 2 + 1/log2 3 + 1/log2 4)
    const ideal = 2 + 1 / Math.log2(3) + 1 / 2;
    expect(ndcgAt(10, ['b', 'x', 'a'], judgments)).toBeCloseTo((1 + 2 / 2) / ideal, 12);
  });

  it('looks at the first k only, in the ideal as well', () => {
    expect(ndcgAt(1, ['b', 'a'], judgments)).toBeCloseTo(1 / 2, 12);
  });

  it('is 0 where nothing is relevant', () => {
    expect(ndcgAt(10, ['a'], new Map())).toBe(0);
  });
});

describe('recall and reciprocal rank', () => {
  it('counts relevant ids only', () => {
    expect(recallAt(2, ['a', 'junk', 'b'], judgments)).toBeCloseTo(1 / 3, 12);
    expect(recallAt(100, ['a', 'junk', 'b'], judgments)).toBeCloseTo(2 / 3, 12);
    expect(recallAt(100, ['a'], new Map([['junk', 0]]))).toBe(0);
  });

  it('is one over the first relevant rank within k', () => {
    expect(reciprocalRankAt(10, ['junk', 'x', 'c', 'a'], judgments)).toBeCloseTo(1 / 3, 12);
    expect(reciprocalRankAt(2, ['junk', 'x', 'c'], judgments)).toBe(0);
  });
});
