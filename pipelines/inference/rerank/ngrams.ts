import { type Analysed, meanOf } from './analyse.ts';
import { inverseDocumentFrequency, saturated } from './bm25.ts';
import { sixBits } from './six-bits.ts';

const gramLength = 5;
const bm25 = { k1: 1.2, b: 0.75 } as const;
/** Thirty bits. */
const gramMask = 0x3fffffff;
const filterMask = 0xffff;

/**
 * BM25 over character 5-grams (McNamee and Mayfield 2004, "Character N-Gram Tokenization for European
 * Language Text Retrieval"): sees `contentHash` in `content hash`, a plural, a typo.
 *
 * Document frequencies are those **among the candidates**, not of the whole set. That needs no statistics
 * to be kept, and ranked better wherever we measured: among passages that all match, what tells them apart
 * is what few of *them* hold.
 *
 * @returns One score per candidate, at least 0, higher is better.
 */
export function gramScores(
  words: readonly string[],
  candidates: readonly Analysed[],
): Float64Array {
  const asked = gramsOf(
    Uint8Array.from(` ${words.join(' ')} `, (each) => sixBits(each.charCodeAt(0))),
  );
  const filter = filterOf(asked);
  const counts = candidates.map(({ letters }) => countsOf(letters, asked, filter));
  const holding = new Map<number, number>();
  for (const found of counts) {
    for (const gram of found.keys()) holding.set(gram, (holding.get(gram) ?? 0) + 1);
  }
  const documents = Math.max(2, candidates.length);
  const lengths = candidates.map(({ letters }) => Math.max(0, letters.length - gramLength + 1));
  const average = meanOf(lengths);
  return Float64Array.from(counts, (found, index) => {
    let score = 0;
    for (const [gram, frequency] of found) {
      const idf = inverseDocumentFrequency(holding.get(gram) ?? 0, documents);
      score +=
        (asked.get(gram) ?? 0) * idf * saturated(frequency, lengths[index] ?? 0, average, bm25);
    }
    return score;
  });
}

/** The question's grams with how often it has them. */
function gramsOf(letters: Uint8Array): ReadonlyMap<number, number> {
  const grams = new Map<number, number>();
  let gram = 0;
  for (let index = 0; index < letters.length; index++) {
    gram = ((gram << 6) | (letters[index] as number)) & gramMask;
    if (index >= gramLength - 1) grams.set(gram, (grams.get(gram) ?? 0) + 1);
  }
  return grams;
}

/** One bit for each gram asked for, by its low bits: keeps most of a passage's grams out of the map. */
function filterOf(asked: ReadonlyMap<number, number>): Uint8Array {
  const filter = new Uint8Array(filterMask + 1);
  for (const gram of asked.keys()) filter[gram & filterMask] = 1;
  return filter;
}

/** How often the passage has each gram that was asked for. */
function countsOf(
  letters: Uint8Array,
  asked: ReadonlyMap<number, number>,
  filter: Uint8Array,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  let gram = 0;
  for (let index = 0; index < letters.length; index++) {
    gram = ((gram << 6) | (letters[index] as number)) & gramMask;
    if (filter[gram & filterMask] === 1 && index >= gramLength - 1 && asked.has(gram)) {
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  }
  return counts;
}
