import { saturated } from '../bm25.ts';
import { contextWeight, eachToken, stem } from '../lexical.ts';

/** The words of a passage as its index counts them. */
export type Words = {
  /** By stem: occurrences in the text, and in the context line as often as those count. */
  readonly frequencies: ReadonlyMap<string, number>;
  /** Tokens of both. */
  readonly length: number;
};

export type SparseVector = { indices: number[]; values: number[] };

/** Stands in every passage, so that none is without a vector and the server's count of vectors is that of passages. */
const everywhere = 0;

export function wordsOf({ context, text }: { context: string; text: string }): Words {
  const frequencies = new Map<string, number>();
  let length = 0;
  const count = (weight: number) => (token: string) => {
    const stemmed = stem(token);
    frequencies.set(stemmed, (frequencies.get(stemmed) ?? 0) + weight);
    length += 1;
  };
  eachToken(context, count(contextWeight));
  eachToken(text, count(1));
  return { frequencies, length };
}

/** What BM25 makes of each word but its rarity, which the server knows. */
export function sparseVector(words: Words, averageLength: number): SparseVector {
  const values = new Map<number, number>([[everywhere, 1]]);
  for (const [stemmed, frequency] of words.frequencies) {
    const index = indexOf(stemmed);
    const value = saturated(frequency, words.length, averageLength);
    values.set(index, (values.get(index) ?? 0) + value);
  }
  return { indices: [...values.keys()], values: [...values.values()] };
}

/**
 * A stem's dimension, 1 … 2³²-1: FNV-1a over its UTF-16 units, mixed as MurmurHash3 ends.
 *
 * Of a vocabulary of 100,000 stems about one pair shares a dimension (n²/2³³), of a million about 116 pairs, so the
 * odds that a given stem of that million has such a double are 1 to 4,300. Such a pair is found by each other's
 * questions and then scored by its true words; only how rare it is comes out as for both together.
 */
export function indexOf(stemmed: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < stemmed.length; at += 1) {
    hash = Math.imul(hash ^ stemmed.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}
