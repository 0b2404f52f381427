import { setImmediate } from 'node:timers/promises';
import { favouriteWords, type Wording } from './favourites.ts';
import { paragraphsOf } from './prose.ts';
import { segmentsOf } from './segments.ts';

/** Measured on a sample of the documents: their prose, without code, quotations, tables and headings. */
export type StyleProfile = {
  /** Sizes of the sample. */
  readonly documents: number;
  readonly words: number;
  readonly sentences: number;
  /** Words a sentence, mean. */
  readonly sentenceWords: number;
  /** Sentences a paragraph, mean. */
  readonly paragraphSentences: number;
  /** Share of sentences that ask, 0 … 1. */
  readonly questions: number;
  /** Words this writing uses much more often than others do, best first. */
  readonly favouriteWords: readonly string[];
  /** How sentences most often begin: two words, with the share of sentences. */
  readonly openings: readonly { readonly words: string; readonly share: number }[];
  /** Marks a thousand words: `;`, `—`, `:`, `!`, `…`, `(`. */
  readonly punctuation: readonly { readonly mark: string; readonly perThousand: number }[];
  readonly languages: readonly string[];
};

/** A document as far as its style goes. */
export type Written = { readonly content: string; readonly language: string | null };

/** Less says more about the subject than about the writer. */
const leastWords = 300;
/** What is read of one document, in UTF-16 units: the beginning, some two pages. */
const mostOfOne = 3_000;
const mostFavourites = 12;
const mostOpenings = 5;
const leastOpenings = 2;

const marks: readonly (readonly [mark: string, pattern: RegExp])[] = [
  [';', /[;；]/gu],
  ['—', /—+|(?<=\s)–(?=\s)/gu],
  [':', /(?<!\p{N}):|:(?!\p{N})|：/gu],
  ['!', /[!！]/gu],
  ['…', /…+|\.{3,}/gu],
  ['(', /[(（]/gu],
];

/**
 * How a sample of writing reads, or null while there are fewer than 300 words of it. Others may run between any
 * two documents.
 *
 * @param languages of the whole writing, as they are to be shown
 */
export async function styleOf(
  sample: AsyncIterable<Written>,
  languages: readonly string[],
): Promise<StyleProfile | null> {
  const wordings: Wording[] = [];
  const total = { words: 0, sentences: 0, paragraphs: 0, questions: 0 };
  const openings = new Map<string, number>();
  const punctuation = new Map<string, number>();
  for await (const { content, language } of sample) {
    const segments = segmentsOf(language);
    const said: string[] = [];
    for (const paragraph of paragraphsOf(content.slice(0, mostOfOne))) {
      total.paragraphs += 1;
      for (const [mark, pattern] of marks) {
        const times = paragraph.match(pattern)?.length ?? 0;
        punctuation.set(mark, (punctuation.get(mark) ?? 0) + times);
      }
      for (const sentence of segments.sentences(paragraph)) {
        const words = segments.words(sentence);
        const [first, second] = words;
        if (first === undefined) continue;
        total.sentences += 1;
        total.words += words.length;
        if (/[?？؟]\W*$/u.test(sentence)) total.questions += 1;
        if (second !== undefined) {
          const opening = sentence.slice(first.start, second.end).toLowerCase();
          openings.set(opening, (openings.get(opening) ?? 0) + 1);
        }
        for (const { text } of words) said.push(text.toLowerCase());
      }
    }
    if (said.length > 0) wordings.push({ language, words: said });
    await setImmediate();
  }
  if (total.words < leastWords) return null;
  await setImmediate();
  return {
    documents: wordings.length,
    words: total.words,
    sentences: total.sentences,
    sentenceWords: total.words / total.sentences,
    paragraphSentences: total.sentences / Math.max(1, total.paragraphs),
    questions: total.questions / total.sentences,
    favouriteWords: favouriteWords(wordings, mostFavourites),
    openings: [...openings]
      .filter(([, times]) => times >= leastOpenings)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, mostOpenings)
      .map(([words, times]) => ({ words, share: times / total.sentences })),
    punctuation: marks.map(([mark]) => ({
      mark,
      perThousand: (1_000 * (punctuation.get(mark) ?? 0)) / total.words,
    })),
    languages,
  };
}
