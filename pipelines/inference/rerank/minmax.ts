/**
 * Scores of one list scaled to [0, 1]: the smallest becomes 0, the largest 1; all equal become 0.
 *
 * Convex combinations of scores scaled so beat reciprocal-rank fusion in and out of domain (Bruch, Gai and
 * Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval", arXiv 2210.11934).
 */
export function minMax(scores: ArrayLike<number>): Float64Array {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index] ?? 0;
    if (score < low) low = score;
    if (score > high) high = score;
  }
  const range = high - low;
  return Float64Array.from({ length: scores.length }, (_, index) =>
    range > 0 ? ((scores[index] ?? 0) - low) / range : 0,
  );
}
