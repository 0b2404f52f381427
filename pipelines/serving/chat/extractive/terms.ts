import { stem, stopWordsFor, tokens } from '../../../stores/features/lexical.ts';

/** Scripts written without spaces: their runs are cut into character pairs, as search engines do. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Words that say what kind of answer is wanted, or are about asking, rather than what it is about. */
const askingWords: ReadonlySet<string> = new Set(
  `please actually really exactly tell explain describe show give list say says said mean means happen
  happens happened thing things stuff sort sorts kind kinds way ways compare compared comparison difference
  different differ differs versus vs able want wants need needs would should shall will let anything
  something someone somebody anyone everything than then yes ok okay hi hello hey thanks thank anyway here
  there lot lots bit gets getting go goes going come comes put puts takes keep know think look see talk
  talks write writes wrote written mention mentioned mentions question questions answer`.split(
    /\s+/u,
  ),
);

/** Stems in order, with repetitions; the unit in which questions and passages are compared. */
export function stems(text: string): string[] {
  return tokens(plainNumbers(text)).flatMap((token) =>
    unspaced.test(token) ? pairs(token) : [stem(token)],
  );
}

/**
 * The stems that carry what a question is about: without stop words and without words that only ask.
 * Unique, in order. A question made of such words alone keeps them.
 */
export function contentStems(question: string, languages: readonly string[]): string[] {
  const all = tokens(question);
  const stop = stopWordsFor(all, languages);
  const content = all.filter((token) => !stop.has(token) && !askingWords.has(token));
  return [...new Set(stems((content.length > 0 ? content : all).join(' ')))];
}

export function wordCount(text: string): number {
  return tokens(text).length;
}

/** "50,000" and "50k" are one number. */
function plainNumbers(text: string): string {
  return text.replace(/(?<=\d),(?=\d{3}(?!\d))/gu, '').replace(/(?<=\d)k\b/giu, '000');
}

function pairs(run: string): string[] {
  const characters = Array.from(run);
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
