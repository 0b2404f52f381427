import type { Point } from './collection.ts';
import type { Scored } from './ranking.ts';
import { wrongInput } from './refusal.ts';

const { fround } = Math;

/**
 * Reciprocal rank fusion, weighted: `1 / ((position + 1) / weight + k - 1)` summed in float32, k = 2 where nothing is said,
 * nothing from a weight of 0 or less (`lib/segment/src/common/reciprocal_rank_fusion.rs`).
 */
export function reciprocalRanks(
  lists: readonly (readonly Scored[])[],
  {
    k,
    weights,
  }: {
    readonly k?: number | null | undefined;
    readonly weights?: readonly number[] | null | undefined;
  },
): readonly Scored[] {
  if (weights && weights.length !== lists.length) {
    const counts = `got ${weights.length}, expected ${lists.length}`;
    const rule = 'Number of weights in RRF should match number of pre-fetches';
    throw wrongInput(`Validation failed: ${rule}: ${counts}`);
  }
  return summed(
    lists.map((list, at) => {
      const weight = fround(weights?.[at] ?? 1);
      return list.map(({ point }, position) => ({
        point,
        score:
          weight <= 0
            ? 0
            : fround(1 / fround(fround(fround((position + 1) / weight) + (k ?? 2)) - 1)),
      }));
    }),
  );
}

/**
 * Distribution-based score fusion: each list's scores as shares of the six standard deviations around its mean, summed;
 * a list of one, or of equals, counts 0.5 (`lib/segment/src/common/score_fusion.rs`).
 */
export function distributions(lists: readonly (readonly Scored[])[]): readonly Scored[] {
  return summed(lists.map(normalised));
}

function normalised(list: readonly Scored[]): readonly Scored[] {
  if (list.length < 2) return list.map(({ point }) => ({ point, score: 0.5 }));
  let mean = 0;
  let aggregate = 0;
  list.forEach(({ score }, at) => {
    const before = fround(score - mean);
    mean = fround(mean + fround(before / (at + 1)));
    aggregate = fround(aggregate + fround(before * fround(score - mean)));
  });
  const deviation = fround(Math.sqrt(fround(aggregate / (list.length - 1))));
  const low = fround(mean - fround(3 * deviation));
  const high = fround(mean + fround(3 * deviation));
  return list.map(({ point, score }) => ({
    point,
    score: low === high ? 0.5 : fround(fround(score - low) / fround(high - low)),
  }));
}

function summed(lists: readonly (readonly Scored[])[]): readonly Scored[] {
  const scores = new Map<Point, number>();
  for (const { point, score } of lists.flat()) {
    const before = scores.get(point);
    scores.set(point, before === undefined ? score : fround(before + score));
  }
  return Array.from(scores, ([point, score]) => ({ point, score }));
}
