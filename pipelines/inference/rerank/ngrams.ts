import { type Analysed, meanOf } from './analyse.ts';
import { inverseDocumentFrequency, saturated } from './bm25.ts';

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
  const asked = gramsOf(Uint16Array.from(` ${words.join(' ')} `, (each) => each.charCodeAt(0)));
  const filter = filterOf(asked);
  const counts = candidates.map(({ characters }) => countsOf(characters, asked, filter));
  const holding = new Map<number, number>();
  for (const found of counts) {
    for (const gram of found.keys()) holding.set(gram, (holding.get(gram) ?? 0) + 1);
  }
  const documents = Math.max(2, candidates.length);
  const lengths = candidates.map(({ characters }) =>
    Math.max(0, characters.length - gramLength + 1),
  );
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
function gramsOf(text: Uint16Array): ReadonlyMap<number, number> {
  const grams = new Map<number, number>();
  eachGram(text, (gram) => grams.set(gram, (grams.get(gram) ?? 0) + 1));
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
  text: Uint16Array,
  asked: ReadonlyMap<number, number>,
  filter: Uint8Array,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  eachGram(text, (gram) => {
    if (filter[gram & filterMask] === 1 && asked.has(gram)) {
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  });
  return counts;
}

/** Five characters of six bits each: exact for a-z, 0-9 and the space, folded together beyond. */
function eachGram(text: Uint16Array, visit: (gram: number) => void): void {
  let gram = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text[index] ?? 0;
    const six = code < 128 ? code & 0x3f : (code ^ (code >> 6)) & 0x3f;
    gram = ((gram << 6) | six) & gramMask;
    if (index >= gramLength - 1) visit(gram);
  }
}
