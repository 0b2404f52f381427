import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lexRank, similaritiesOf } from '../../../../pipelines/inference/summary/lexrank.ts';

const rows = (...of: readonly (readonly number[])[]) => of.map((row) => Float64Array.from(row));

describe('similarities', () => {
  test('are cosines in which rare words weigh more', () => {
    // a stands in 2 of 3 texts, the others in 1: idf(a) = ln(1 + 3/2), idf(b) = idf(c) = ln(1 + 3).
    const [a, b] = [Math.log(2.5), Math.log(4)];
    const [first, second, third] = similaritiesOf([['a', 'b'], ['a', 'a', 'c'], ['d']]);
    const expected = (2 * a * a) / Math.sqrt((a * a + b * b) * (4 * a * a + b * b));
    expect(first?.[1]).toBeCloseTo(expected, 12);
    expect(second?.[0]).toBeCloseTo(expected, 12);
    expect([...(third ?? [])]).toEqual([0, 0, 1]);
  });

  test('are 1 between texts of the same words, in whatever order', () => {
    const [row] = similaritiesOf([['a', 'b', 'b'], ['b', 'a', 'b'], []]);
    expect(row?.[1]).toBeCloseTo(1, 12);
    expect(row?.[2]).toBe(0);
  });
});

describe('LexRank', () => {
  test('of a star: p = 0.05 + 0.85 (1 − p) in the middle', () => {
    const ranks = lexRank(rows([1, 0.5, 0.5], [0.5, 1, 0], [0.5, 0, 1]));
    const middle = 0.9 / 1.85;
    expect([...ranks]).toEqual(
      [middle, (1 - middle) / 2, (1 - middle) / 2].map((rank) => expect.closeTo(rank, 6)),
    );
  });

  test('gives to unequal neighbours by likeness', () => {
    // From the middle three quarters go to the second, one quarter to the third.
    const ranks = lexRank(rows([1, 0.6, 0.2], [0.6, 1, 0], [0.2, 0, 1]));
    const middle = 0.9 / 1.85;
    expect([...ranks]).toEqual(
      [middle, 0.05 + 0.85 * 0.75 * middle, 0.05 + 0.85 * 0.25 * middle].map((rank) =>
        expect.closeTo(rank, 6),
      ),
    );
  });

  test('ranks what is like nothing else below what is alike', () => {
    // p = 0.05 + 0.85 p / 3 for the lonely one.
    const [first = 0, second = 0, lonely = 0] = lexRank(rows([1, 1, 0], [1, 1, 0], [0, 0, 1]));
    expect(lonely).toBeCloseTo(0.05 / (1 - 0.85 / 3), 6);
    expect(first).toBeCloseTo((1 - lonely) / 2, 6);
    expect(first).toBeCloseTo(second, 6);
  });

  test('of nothing is nothing, and of one all', () => {
    expect([...lexRank([])]).toEqual([]);
    expect([...lexRank(similaritiesOf([['a']]))]).toEqual([1]);
  });

  test('sums to 1 and is never below the chance of coming by anywhere', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const texts = fc.array(fc.array(word, { maxLength: 6 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(texts, (all) => {
        const ranks = [...lexRank(similaritiesOf(all))];
        expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBeCloseTo(1, 6);
        for (const rank of ranks) expect(rank).toBeGreaterThan(0.149 / all.length);
      }),
    );
  });
});
