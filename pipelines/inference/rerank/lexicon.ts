import { stem } from '../../stores/features/lexical.ts';

/**
 * Words and the numbers of their stems, found by their letters: no string is made of a word that was seen before, and
 * nearly every word of nearly every passage was.
 */
export type Lexicon = {
  /**
   * Number of a word's stem, or `stopped`.
   *
   * @param one and `other`: two hashes of its letters, which together tell any two words apart
   * @param word its letters, asked for only when it is new
   */
  stemOf(one: number, other: number, word: () => string): number;
  stemNumber(stemmed: string): number;
  /** Numbers of stems are below this. */
  stems(): number;
};

export const stopped = -1;

/** Words of the passages of late; some 4 MB. A million words of text have some fifty thousand different ones. */
const mostWords = 1 << 17;
/** Hash, other hash, stem + 2 (0 where the slot is free), nothing: a word lies in one line of the processor's cache. */
const fields = 4;

function openLexicon(stopWords: ReadonlySet<string>): Lexicon {
  const table = new Int32Array(mostWords * 2 * fields);
  const mask = mostWords * 2 - 1;
  const numbers = new Map<string, number>();
  let words = 0;

  const stemNumber = (stemmed: string): number => {
    const known = numbers.get(stemmed);
    if (known !== undefined) return known;
    numbers.set(stemmed, numbers.size);
    return numbers.size - 1;
  };
  return {
    stemNumber,
    stems: () => numbers.size,
    stemOf(one, other, word) {
      let slot = (one ^ (one >>> 15)) & mask;
      for (;;) {
        const at = slot * fields;
        const held = table[at + 2] as number;
        if (held === 0) break;
        if (table[at] === one && table[at + 1] === other) return held - 2;
        slot = (slot + 1) & mask;
      }
      const letters = word();
      const number = stopWords.has(letters) ? stopped : stemNumber(stem(letters));
      if (words < mostWords) {
        words += 1;
        table.set([one, other, number + 2], slot * fields);
      }
      return number;
    },
  };
}

/** The lexicon of questions with these stop words. */
export type Lexicons = (stopWords: ReadonlySet<string>) => Lexicon;

/** Words kept from one question to the next; begun anew when there are too many. For as long as questions are asked. */
export function openLexicons(): Lexicons {
  const lexicons = new WeakMap<ReadonlySet<string>, Lexicon>();
  return (stopWords) => {
    const known = lexicons.get(stopWords);
    if (known !== undefined && known.stems() < mostWords) return known;
    const made = openLexicon(stopWords);
    lexicons.set(stopWords, made);
    return made;
  };
}
