import { type Analysed, meanOf } from './analyse.ts';
import { lengthShare } from './bm25.ts';

/** How many neighbours are asked, and how much their opinion counts. */
const neighbours = 5;
const share = 0.3;

/**
 * Score regularisation (Diaz 2005, "Regularizing Ad Hoc Retrieval Scores", CIKM): passages that are alike
 * should score alike. A passage keeps 0.7 of its score and takes 0.3 from the similarity-weighted mean of
 * the five candidates most like it, so one that says the same in other words than the question's is lifted
 * by those that say it in the question's words. Chat turns of a line or two are left as they are: they
 * are too short to tell what they are like.
 *
 * @param scores One per candidate, in [0, 1].
 * @returns One per candidate, in [0, 1].
 */
export function regularised(scores: Float64Array, candidates: readonly Analysed[]): Float64Array {
  const weight = share * lengthShare(meanOf(candidates.map(({ stems }) => stems.length)));
  const count = candidates.length;
  if (weight === 0 || count < 2) return scores;
  const similarity = similarities(candidates);
  return scores.map((score, index) => {
    const row = similarity.subarray(index * count, (index + 1) * count);
    let sum = 0;
    let total = 0;
    for (const other of nearest(row, index)) {
      const alike = row[other] ?? 0;
      total += alike;
      sum += alike * (scores[other] ?? 0);
    }
    return total > 0 ? (1 - weight) * score + (weight * sum) / total : (1 - weight) * score;
  });
}

/** The most similar others, at most `neighbours`; ties by lower index. */
function nearest(row: Float32Array, self: number): readonly number[] {
  const best: number[] = [];
  for (let index = 0; index < row.length; index++) {
    if (index === self) continue;
    const score = row[index] ?? 0;
    let place = best.length;
    while (place > 0 && score > (row[best[place - 1] ?? 0] ?? 0)) place--;
    if (place >= neighbours) continue;
    best.splice(place, 0, index);
    if (best.length > neighbours) best.pop();
  }
  return best;
}

/** Cosines of log-tf · idf vectors, idf among the candidates; row-major, candidates × candidates. */
function similarities(candidates: readonly Analysed[]): Float32Array {
  const count = candidates.length;
  const products = new Float32Array(count * count);
  for (const { rows, weights } of postingsOf(candidates)) {
    const rarity = Math.log(1 + count / rows.length) ** 2;
    for (let one = 0; one < rows.length; one++) {
      const start = (rows[one] ?? 0) * count;
      const weight = rarity * (weights[one] ?? 0);
      for (let other = one; other < rows.length; other++) {
        const cell = start + (rows[other] ?? 0);
        products[cell] = (products[cell] ?? 0) + weight * (weights[other] ?? 0);
      }
    }
  }
  return normalised(products, count);
}

/** The candidates that hold a stem, ascending, with 1 + ln(frequency) in each. */
type Postings = { readonly rows: number[]; readonly weights: number[] };

function postingsOf(candidates: readonly Analysed[]): readonly Postings[] {
  const postings: Postings[] = [];
  candidates.forEach(({ stems }, row) => {
    const sorted = stems.slice().sort();
    for (let start = 0; start < sorted.length; ) {
      const id = sorted[start] ?? 0;
      let end = start + 1;
      while (sorted[end] === id) end++;
      const known = postings[id] ?? { rows: [], weights: [] };
      known.rows.push(row);
      known.weights.push(1 + Math.log(end - start));
      postings[id] = known;
      start = end;
    }
  });
  return postings.filter((known) => known !== undefined);
}

/** The upper triangle divided by both lengths, and mirrored. */
function normalised(products: Float32Array, count: number): Float32Array {
  const lengths = Float64Array.from({ length: count }, (_, index) =>
    Math.sqrt(products[index * count + index] ?? 0),
  );
  for (let row = 0; row < count; row++) {
    for (let column = row; column < count; column++) {
      const length = (lengths[row] ?? 0) * (lengths[column] ?? 0);
      const cosine = length > 0 ? (products[row * count + column] ?? 0) / length : 0;
      products[row * count + column] = cosine;
      products[column * count + row] = cosine;
    }
  }
  return products;
}
