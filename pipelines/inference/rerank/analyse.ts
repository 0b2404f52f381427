import { fold, isWordAt } from '../../stores/features/lexical.ts';
import { type Lexicon, stopped } from './lexicon.ts';
import { sixBits, space } from './six-bits.ts';

/** A candidate as the lexical methods see it: content words only, the context line's before the text's. */
export type Analysed = {
  /** Stem ids in reading order; shared by all candidates of one question. */
  readonly stems: Int32Array;
  /** How many of `stems` come from the context line. */
  readonly contextLength: number;
  /** Six bits of each UTF-16 unit of the content words, folded, with a space before, between and after them. */
  readonly letters: Uint8Array;
};

export type Analysis = {
  readonly candidates: readonly Analysed[];
  /** The candidates' stem ids are 0 … ids - 1. */
  readonly ids: number;
};

export type Analyser = {
  /** The stem's number: comparing integers is what makes the rest quick. */
  idOf(stemmed: string): number;
  analyse(passages: readonly { readonly context: string; readonly text: string }[]): Analysis;
};

/** Folding may lengthen a text by a character or two. */
const spare = 128;

/**
 * Stop words are left out of the passage as they are out of the question: what is next to each other then
 * is next to each other in content ("index of vectors" holds the pair of "vector index", unordered).
 */
export function openAnalyser(lexicon: Lexicon): Analyser {
  // A question's own numbers, from 0: what is kept by them is then short.
  let own = new Int32Array(lexicon.stems() + 4_096);
  let ids = 0;
  const ownOf = (number: number): number => {
    if (number >= own.length) {
      const longer = new Int32Array(number * 2);
      longer.set(own);
      own = longer;
    }
    const known = own[number] as number;
    if (known > 0) return known - 1;
    ids += 1;
    own[number] = ids;
    return ids - 1;
  };

  return {
    idOf: (stemmed) => ownOf(lexicon.stemNumber(stemmed)),
    analyse(passages) {
      const most = passages.reduce((sum, passage) => sum + lengthOf(passage), 0);
      // One piece of memory for all of them. A word takes two places at least, itself and a space.
      const stems = new Int32Array((most >> 1) + 1);
      const letters = new Uint8Array(most);
      let stemsEnd = 0;
      let lettersEnd = 0;
      let limit = 0;
      const read = (text: string) => {
        eachWord(fold(text), (folded, start, end, one, other) => {
          const number = lexicon.stemOf(one, other, () => folded.slice(start, end));
          if (number === stopped || lettersEnd + end - start >= limit) return;
          stems[stemsEnd++] = ownOf(number);
          for (let at = start; at < end; at++)
            letters[lettersEnd++] = sixBits(folded.charCodeAt(at));
          letters[lettersEnd++] = space;
        });
      };
      const candidates = passages.map((passage): Analysed => {
        const [stemsStart, lettersStart] = [stemsEnd, lettersEnd];
        limit = lettersEnd + lengthOf(passage);
        letters[lettersEnd++] = space;
        read(passage.context);
        const contextLength = stemsEnd - stemsStart;
        read(passage.text);
        return {
          stems: stems.subarray(stemsStart, stemsEnd),
          contextLength,
          letters: letters.subarray(lettersStart, lettersEnd),
        };
      });
      return { candidates, ids };
    },
  };
}

const lengthOf = ({ context, text }: { readonly context: string; readonly text: string }): number =>
  context.length + text.length + spare;

/** Each word's place and its two hashes: FNV-1a, and a multiplicative one. */
function eachWord(
  folded: string,
  visit: (folded: string, start: number, end: number, one: number, other: number) => void,
): void {
  let start = -1;
  let one = 0;
  let other = 0;
  for (let index = 0; index < folded.length; index++) {
    const unit = folded.charCodeAt(index);
    // a-z and 0-9 by themselves: a table for all of Unicode is looked up for the rest alone.
    const isWord =
      (unit >= 97 && unit <= 122) ||
      (unit >= 48 && unit <= 57) ||
      (unit > 127 && isWordAt(folded, index));
    if (isWord) {
      if (start < 0) {
        start = index;
        one = 0x811c9dc5 | 0;
        other = 0x2545f491;
      }
      one = Math.imul(one ^ unit, 0x01000193);
      other = Math.imul(other + unit, 0x5bd1e995) ^ (other >>> 13);
    } else if (start >= 0) {
      visit(folded, start, index, one, other);
      start = -1;
    }
  }
  if (start >= 0) visit(folded, start, folded.length, one, other);
}

export const meanOf = (numbers: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < numbers.length; index++) sum += numbers[index] ?? 0;
  return numbers.length === 0 ? 0 : sum / numbers.length;
};
