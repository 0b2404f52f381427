import { stem, stopWordsFor, tokens } from '../../stores/features/lexical.ts';
import { commonWords, moreFunctionWords } from './common-words.ts';

/** Words of one document, in order, as they are written. */
export type Wording = { readonly language: string | null; readonly words: readonly string[] };

/** More of one document do not count: its subject is not a habit. */
const mostOfOne = 3;
/** In fewer documents than this a word is a subject, unless there are few documents at all. */
const leastDocuments = 3;
/** Strength of the prior, in words of background prose. */
const priorWords = 10_000;
/** How often a word is to be expected that is not among the commonest: that of rank 5,000 by Zipf's law. */
const rareShare = zipf(5_000);
/** Ranks that function words take up, which are left out. */
const functionWords = 120;

/**
 * The words that this writing uses most beyond what would be expected: weighted log-odds with an informative
 * Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words", section 3.5.1), z-scores, best first.
 *
 * The background is common English as Zipf's law has it: f(r) = 0.1 / r for the commonest content words by rank, and
 * for all others the share of rank 5,000. No installed package has measured frequencies, and comparing with other
 * authors would need writing that the audience may not see. It is coarse, but keeps "time" and "people" from being
 * everybody's favourites. In other languages, stop words apart, there is no such list: there it amounts to
 * frequency over documents.
 */
export function favouriteWords(wordings: readonly Wording[], most: number): readonly string[] {
  const counts = new Map<string, Count>();
  let total = 0;
  for (const { language, words } of wordings) {
    const stop = stopWordsFor(words.flatMap(tokens), language === null ? [] : [language]);
    const here = new Map<string, number>();
    for (const word of words) {
      total += 1;
      if (!isTelling(word, stop)) continue;
      const key = keyOf(word, language);
      const times = (here.get(key) ?? 0) + 1;
      here.set(key, times);
      const count = counts.get(key) ?? { times: 0, documents: 0, forms: new Map() };
      count.forms.set(word, (count.forms.get(word) ?? 0) + 1);
      if (times === 1) count.documents += 1;
      if (times <= mostOfOne) count.times += 1;
      counts.set(key, count);
    }
  }
  const least = Math.min(leastDocuments, Math.max(1, Math.ceil(wordings.length / 3)));
  return [...counts]
    .filter(([, { documents }]) => documents >= least)
    .map(([key, { times, forms }]) => ({ score: zScore(times, total, shareOf(key)), forms }))
    .filter(({ score }) => score > leastScore)
    .sort((a, b) => b.score - a.score || (commonest(a.forms) < commonest(b.forms) ? -1 : 1))
    .slice(0, most)
    .map(({ forms }) => commonest(forms));
}

type Count = { times: number; documents: number; readonly forms: Map<string, number> };

/** Two standard deviations above what is expected. */
const leastScore = 2;

/** Log-odds against the background over its standard deviation; the background's own variance is nil. */
function zScore(times: number, total: number, expected: number): number {
  const prior = expected * priorWords;
  const posterior = times + prior;
  const odds = posterior / (total + priorWords - posterior);
  return Math.log(odds / (expected / (1 - expected))) * Math.sqrt(posterior);
}

/** Share of the word at a rank, of all words. */
function zipf(rank: number): number {
  return 0.1 / rank;
}

const shares: ReadonlyMap<string, number> = new Map(
  commonWords
    .map((word, index) => [keyOf(word, 'en'), zipf(functionWords + index)] as const)
    // Of words of one stem the commonest stands for all.
    .toReversed(),
);

const shareOf = (key: string) => shares.get(key) ?? rareShare;

/** "Queue" and "queues" are one word; other languages' endings are not known here. */
function keyOf(word: string, language: string | null): string {
  return language === null || /^en\b/u.test(language) ? stem(word) : word;
}

const unspaced = /[\p{Script=Han}\p{Script=Katakana}]/u;

/** Of Japanese and Chinese the words in Han or Katakana, longer than a sign: the rest is mostly grammar. */
function isTelling(word: string, stop: ReadonlySet<string>): boolean {
  if (/\p{N}/u.test(word)) return false;
  if (unspaced.test(word)) return Array.from(word).length >= 2;
  if (/\p{Script=Hiragana}/u.test(word) || Array.from(word).length < 3) return false;
  return !tokens(word).every((token) => stop.has(token) || moreFunctionWords.has(token));
}

function commonest(forms: ReadonlyMap<string, number>): string {
  return [...forms].reduce((best, each) =>
    each[1] > best[1] || (each[1] === best[1] && each[0] < best[0]) ? each : best,
  )[0];
}
