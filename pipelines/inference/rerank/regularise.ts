import { type Analysed, type Analysis, meanOf } from './analyse.ts';
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
export function regularised(scores: Float64Array, { candidates, ids }: Analysis): Float64Array {
  const weight = share * lengthShare(meanOf(candidates.map(({ stems }) => stems.length)));
  const count = candidates.length;
  if (weight === 0 || count < 2) return scores;
  const similarity = similarities(candidates, ids);
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
function similarities(candidates: readonly Analysed[], ids: number): Float32Array {
  const count = candidates.length;
  const products = new Float32Array(count * count);
  const { starts, rows, weights } = postingsOf(candidates, ids);
  for (let id = 0; id < ids; id++) {
    const from = starts[id] as number;
    const to = starts[id + 1] as number;
    if (from === to) continue;
    const rarity = Math.log(1 + count / (to - from)) ** 2;
    for (let one = from; one < to; one++) {
      const start = (rows[one] as number) * count;
      const weight = rarity * (weights[one] as number);
      for (let other = one; other < to; other++) {
        const cell = start + (rows[other] as number);
        products[cell] = (products[cell] as number) + weight * (weights[other] as number);
      }
    }
  }
  return normalised(products, count);
}

/** Of stem `id`, from `starts[id]` to before `starts[id + 1]`: the candidates that hold it, ascending, with 1 + ln(frequency). */
type Postings = {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly weights: Float64Array;
};

function postingsOf(candidates: readonly Analysed[], ids: number): Postings {
  const last = new Int32Array(ids).fill(-1);
  const starts = new Int32Array(ids + 1);
  candidates.forEach(({ stems }, row) => {
    for (let at = 0; at < stems.length; at++) {
      const id = stems[at] as number;
      if (last[id] === row) continue;
      last[id] = row;
      starts[id + 1] = (starts[id + 1] as number) + 1;
    }
  });
  for (let id = 0; id < ids; id++)
    starts[id + 1] = (starts[id + 1] as number) + (starts[id] as number);
  const rows = new Int32Array(starts[ids] as number);
  const weights = new Float64Array(rows.length);
  const next = starts.slice(0, ids);
  last.fill(-1);
  candidates.forEach(({ stems }, row) => {
    for (let at = 0; at < stems.length; at++) {
      const id = stems[at] as number;
      if (last[id] !== row) {
        last[id] = row;
        rows[next[id] as number] = row;
        next[id] = (next[id] as number) + 1;
      }
      const cell = (next[id] as number) - 1;
      weights[cell] = (weights[cell] as number) + 1;
    }
  });
  for (let cell = 0; cell < weights.length; cell++)
    weights[cell] = 1 + Math.log(weights[cell] as number);
  return { starts, rows, weights };
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
