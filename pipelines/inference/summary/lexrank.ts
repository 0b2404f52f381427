/** Row by row, symmetric: how alike two texts are, 0 … 1. */
export type Similarities = readonly Float64Array[];

/**
 * Cosines of texts as bags of words, each word weighted by how rare it is among the texts ("idf-modified cosine",
 * Erkan and Radev 2004, section 3). A text is 1 like itself; one without words is like no other.
 *
 * Rarity is ln(1 + N / n) rather than the paper's ln(N / n) over a large corpus: within one thread a word that
 * stands in every text still says that they are alike.
 */
export function similaritiesOf(texts: readonly (readonly string[])[]): Similarities {
  const counts = texts.map(countsOf);
  const postings = new Map<string, { readonly text: number; readonly count: number }[]>();
  counts.forEach((words, text) => {
    for (const [word, count] of words) {
      const list = postings.get(word) ?? [];
      list.push({ text, count });
      postings.set(word, list);
    }
  });
  const rows = texts.map(() => new Float64Array(texts.length));
  const lengths = new Float64Array(texts.length);
  for (const list of postings.values()) {
    const idf = Math.log(1 + texts.length / list.length);
    for (const a of list) {
      lengths[a.text] = (lengths[a.text] ?? 0) + (a.count * idf) ** 2;
      for (const b of list) {
        const row = rows[a.text];
        if (row && a.text !== b.text) {
          row[b.text] = (row[b.text] ?? 0) + a.count * b.count * idf ** 2;
        }
      }
    }
  }
  rows.forEach((row, a) => {
    row.forEach((product, b) => {
      if (product > 0)
        row[b] = Math.min(1, product / Math.sqrt((lengths[a] ?? 1) * (lengths[b] ?? 1)));
    });
    row[a] = 1;
  });
  return rows;
}

/** Chance of going on anywhere instead of to something alike; the paper takes 0.1 to 0.2. */
const damping = 0.15;
const precision = 1e-9;
const mostRounds = 200;

/**
 * Continuous LexRank (Erkan and Radev 2004, "LexRank: Graph-based Lexical Centrality as Salience in Text
 * Summarization", section 3.3), by power iteration: how often a reader who walks from sentence to sentence by
 * likeness comes by each. Sums to 1.
 *
 * Unlike the paper's, no sentence leads to itself: by that link one that is like no other keeps all it has, and
 * ends up as central as the average. From such a one the walk goes on anywhere.
 */
export function lexRank(similarities: Similarities): Float64Array {
  const size = similarities.length;
  // Most sentences share no word: only the links there are get walked.
  const links = similarities.map((row, from) =>
    Array.from(row.entries()).filter(([to, weight]) => weight > 0 && to !== from),
  );
  const totals = links.map((list) => list.reduce((sum, [, weight]) => sum + weight, 0));
  let ranks = new Float64Array(size).fill(1 / size);
  for (let round = 0; round < mostRounds; round += 1) {
    const lost = ranks.reduce((sum, rank, index) => sum + (totals[index] ? 0 : rank), 0);
    const next = new Float64Array(size).fill((damping + (1 - damping) * lost) / size);
    links.forEach((list, from) => {
      const share = ((1 - damping) * (ranks[from] ?? 0)) / (totals[from] || 1);
      for (const [to, weight] of list) next[to] = (next[to] ?? 0) + share * weight;
    });
    const change = next.reduce((sum, rank, index) => sum + Math.abs(rank - (ranks[index] ?? 0)), 0);
    ranks = next;
    if (change < precision) break;
  }
  return ranks;
}

function countsOf(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
