import { describe, expect, it } from 'vitest';
import { pairedRandomisation } from '../../../evals/statistics/randomisation.ts';

describe('the paired randomisation test', () => {
  it('finds nothing where nothing differs', () => {
    expect(pairedRandomisation([0.1, 0.5], [0.1, 0.5])).toBe(1);
  });

  it('agrees with counting all sign patterns', () => {
    // Five differences of 1: only 2 of the 32 patterns reach a sum of 5 in size.
    const p = pairedRandomisation([1, 1, 1, 1, 1], [0, 0, 0, 0, 0], { rounds: 40_000 });
    expect(p).toBeCloseTo(2 / 32, 2);
  });

  it('is two-sided, and the same for the same seed', () => {
    const one = [0.9, 0.4, 0.7, 0.2, 0.6, 0.5];
    const other = [0.5, 0.6, 0.4, 0.1, 0.3, 0.4];
    expect(pairedRandomisation(one, other)).toBe(pairedRandomisation(other, one));
    expect(pairedRandomisation(one, other, { seed: 3 })).toBe(
      pairedRandomisation(one, other, { seed: 3 }),
    );
  });

  it('sees a consistent gain over many questions', () => {
    const other = Array.from({ length: 60 }, (_, index) => (index % 10) / 10);
    const one = other.map((score) => score + 0.05);
    expect(pairedRandomisation(one, other)).toBeLessThan(0.001);
  });

  it('refuses lists that are no pairs', () => {
    expect(() => pairedRandomisation([1], [1, 2])).toThrow(RangeError);
  });
});
