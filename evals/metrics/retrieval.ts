/** Relevant ids with their grades; a grade of 0 or less is not relevant. */
export type Judgments = ReadonlyMap<string, number>;

/**
 * Normalised discounted cumulative gain at `k`, in [0, 1], higher is better; linear gain and a log2
 * discount, as trec_eval and BEIR compute it (Järvelin and Kekäläinen 2002).
 *
 * @param ranking Ids, best first, each at most once.
 */
export function ndcgAt(k: number, ranking: readonly string[], judgments: Judgments): number {
  const gain = (grade: number, index: number) => Math.max(0, grade) / Math.log2(index + 2);
  const sum = (grades: readonly number[]) =>
    grades.slice(0, k).reduce((total, grade, index) => total + gain(grade, index), 0);
  const ideal = sum([...judgments.values()].sort((a, b) => b - a));
  return ideal === 0 ? 0 : sum(ranking.slice(0, k).map((id) => judgments.get(id) ?? 0)) / ideal;
}

/** Share of the relevant ids among the first `k`, in [0, 1]; 0 when nothing is relevant. */
export function recallAt(k: number, ranking: readonly string[], judgments: Judgments): number {
  const relevant = [...judgments].filter(([, grade]) => grade > 0).map(([id]) => id);
  if (relevant.length === 0) return 0;
  const found = new Set(ranking.slice(0, k));
  return relevant.filter((id) => found.has(id)).length / relevant.length;
}

/** 1 over the rank of the first relevant id among the first `k`; 0 when there is none. */
export function reciprocalRankAt(
  k: number,
  ranking: readonly string[],
  judgments: Judgments,
): number {
  const index = ranking.slice(0, k).findIndex((id) => (judgments.get(id) ?? 0) > 0);
  return index < 0 ? 0 : 1 / (index + 1);
}
