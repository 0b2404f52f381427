import { seededRandom } from './random.ts';

export type RandomisationOptions = {
  /** How many sign patterns are drawn; the smallest p-value is 1 / (rounds + 1). */
  readonly rounds?: number;
  readonly seed?: number;
};

/**
 * Two-sided paired randomisation test (Fisher's; for retrieval see Smucker, Allan and Carterette 2007, "A
 * Comparison of Statistical Significance Tests for Information Retrieval Evaluation"): how often would
 * chance alone, swapping the two systems' scores question by question, give a mean difference at least as
 * large as the one seen?
 *
 * @param one Scores of one system, one per question; `other` those of the other, in the same order.
 * @returns p in (0, 1], never 0: (1 + hits) / (1 + rounds). The same seed gives the same p.
 * @throws RangeError when the lists differ in length.
 */
export function pairedRandomisation(
  one: readonly number[],
  other: readonly number[],
  { rounds = 10_000, seed = 20_070_531 }: RandomisationOptions = {},
): number {
  if (one.length !== other.length) {
    throw new RangeError(`Paired scores differ in number: ${one.length} and ${other.length}.`);
  }
  // Questions on which both agree take part in every pattern with 0: leaving them out changes nothing.
  const differences = one
    .map((score, index) => score - (other[index] ?? 0))
    .filter((difference) => difference !== 0);
  const seen = Math.abs(differences.reduce((sum, each) => sum + each, 0));
  const random = seededRandom(seed);
  let hits = 0;
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (const difference of differences) sum += random() < 0.5 ? difference : -difference;
    // A hair's breadth for sums that differ in the order of adding only.
    if (Math.abs(sum) >= seen - 1e-12) hits++;
  }
  return (1 + hits) / (1 + rounds);
}
