import { fold } from '../../stores/features/lexical.ts';

/** A word of the question where it stands: what is understood can be shown in the question's own words. */
export type Word = {
  /** As `fold` makes it: lower case, without diacritics. */
  readonly folded: string;
  readonly written: string;
  /** UTF-16 offsets into the text: `[start, end)`. */
  readonly start: number;
  readonly end: number;
};

/** Letters and digits, with apostrophes and full stops inside: "Ines's", "O'Brien", "example.org". */
const wordPattern = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|['’.](?=[\p{L}\p{N}]))*/gu;

export function wordsOf(text: string): readonly Word[] {
  return Array.from(text.matchAll(wordPattern), (match) => {
    const written = match[0].replace(/['’]s$/iu, '');
    return {
      folded: fold(written),
      written,
      start: match.index,
      end: match.index + written.length,
    };
  });
}

/** Whether a word is written with a capital, as names are. */
export const isCapitalised = ({ written }: Word): boolean => /^\p{Lu}/u.test(written);
