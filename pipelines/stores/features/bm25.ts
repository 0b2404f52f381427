/**
 * BM25 as FTS5 computes it (Robertson & Zaragoza 2009, "The probabilistic relevance framework", with k1 and b fixed
 * in fts5_aux.c), for indexes that have no such function of their own. The order of operations is FTS5's, so that
 * doubles come out the same to the last bit.
 */
const k1 = 1.2;
const b = 0.75;

/** What a word counts that stands in `documents` of `all`: never nothing, however common it is. */
export function inverseDocumentFrequency(all: number, documents: number): number {
  const idf = Math.log((all - documents + 0.5) / (documents + 0.5));
  return idf > 0 ? idf : 1e-6;
}

/** What `frequency` occurrences count in a passage of `length` tokens: rises towards k1 + 1. */
export function saturated(frequency: number, length: number, averageLength: number): number {
  return (frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / averageLength));
}
