import { stemmer } from 'stemmer';
import * as lists from 'stopword';
import type { QueryTerm } from './port.ts';

/**
 * Lexical analysis, shared by everything that looks at words: one place, so that what is asked and what
 * is indexed cannot drift apart. The name goes into the feature set's manifest.
 */
export const lexicalAnalysis = 'porter unicode61, stop list on the query, v1';

/** How much a word in the context line (author, source, title, headings, date) counts against one in the text. */
export const contextWeight = 2;

/** Longest question that is looked at, in UTF-16 units: beyond it a question is a document. */
const longestQuestion = 20_000;
/** Most terms of a query: the cost of a search grows with it. The longest judged question has about 150. */
const mostTerms = 192;
const longestToken = 64;

const asciiOnly = /^[\0-\x7f]*$/;

/** Lower case without Latin diacritics, as FTS5's unicode61 folds them: "Über" is "uber". */
export function fold(text: string): string {
  const plain = asciiOnly.test(text)
    ? text
    : text
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .normalize('NFC');
  return plain.toLowerCase();
}

/** Runs of letters and digits, folded, in order, duplicates kept. Any string is fine. */
export function tokens(text: string): string[] {
  const found: string[] = [];
  eachToken(text, (token) => found.push(token));
  return found;
}

/** The same one by one, for those who need no list. */
export function eachToken(text: string, visit: (token: string) => void): void {
  const folded = fold(text);
  let start = -1;
  for (let index = 0; index < folded.length; index++) {
    if (isWordAt(folded, index)) {
      if (start < 0) start = index;
    } else if (start >= 0) {
      visit(folded.slice(start, index));
      start = -1;
    }
  }
  if (start >= 0) visit(folded.slice(start));
}

/** Letters, digits, and the vowel signs of Indic scripts, which stand inside words. */
const inWord = /[\p{L}\p{N}]|(?=[\u0900-\u0dff])\p{M}/u;
/** What `inWord` says of each UTF-16 unit, asked once: 0 not yet, 1 yes, 2 no. A regex each time is slow. */
const classes = new Uint8Array(0x10000);

export function isWordAt(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  if (unit >= 0xd800 && unit <= 0xdfff) return isAstralWord(text, index, unit);
  let known = classes[unit];
  if (!known) {
    known = inWord.test(String.fromCharCode(unit)) ? 1 : 2;
    classes[unit] = known;
  }
  return known === 1;
}

/** Both halves of a letter beyond the first plane belong to its word; a lone half to none. */
function isAstralWord(text: string, index: number, unit: number): boolean {
  const point = text.codePointAt(unit < 0xdc00 ? index : index - 1) ?? 0;
  return point > 0xffff && inWord.test(String.fromCodePoint(point));
}

/** Function words that `stopword`'s English list lacks: auxiliaries, question words, contracted ends. */
const moreEnglish = `does doing done why when whom whose whether may shall cannot couldn didn doesn don
  hadn hasn haven isn mightn mustn needn shan shouldn wasn weren won wouldn s t d ll m o re ve y during
  without within upon via per just nor not no so until again once its ours ourselves yours yourself
  yourselves herself itself themselves theirs hers us having against below above off further few own
  however therefore thus hence although though unless else ever every either neither yet`;

const english: ReadonlySet<string> = new Set([...lists.eng, ...moreEnglish.trim().split(/\s+/)]);

/** Stop lists by BCP 47 language; a corpus language that is not here is asked with English's. */
const stopLists: Readonly<Record<string, readonly string[]>> = {
  da: lists.dan,
  de: lists.deu,
  es: lists.spa,
  fi: lists.fin,
  fr: lists.fra,
  it: lists.ita,
  nb: lists.nob,
  nl: lists.nld,
  no: lists.nob,
  pl: lists.pol,
  pt: lists.por,
  ru: lists.rus,
  sv: lists.swe,
  tr: lists.tur,
  uk: lists.ukr,
};

const folded = new Map<string, ReadonlySet<string>>();

function stopListOf(language: string): ReadonlySet<string> {
  const list = stopLists[language];
  if (!list) return english;
  const known = folded.get(language);
  if (known) return known;
  const made: ReadonlySet<string> = new Set(list.flatMap(tokens));
  folded.set(language, made);
  return made;
}

/**
 * The stop words for a text: of English, unless clearly more of its words are function words of another
 * of `languages` (those the corpus is written in). "Wo steht die Sicherung?" keeps "die" out of the
 * query; "why do processes die" keeps it in.
 */
export function stopWordsFor(
  words: readonly string[],
  languages: readonly string[] = [],
): ReadonlySet<string> {
  const hits = (list: ReadonlySet<string>) => words.filter((each) => list.has(each)).length;
  let best = english;
  let most = hits(english);
  for (const language of languages) {
    const list = stopListOf(language.toLowerCase().split('-')[0] ?? '');
    const count = hits(list);
    if (count > most) {
      best = list;
      most = count;
    }
  }
  return best;
}

/** Stems seen of late: documents repeat themselves, and Porter costs a microsecond a word. */
const stems = new Map<string, string>();
const mostStems = 50_000;
/** V8 makes longer substrings views of the text they are cut from: keeping one keeps the whole passage. */
const longestKept = 12;

/** Porter's stem (Porter 1980, "An algorithm for suffix stripping"), the one FTS5's `porter` computes. */
export function stem(token: string): string {
  const known = stems.get(token);
  if (known !== undefined) return known;
  const made = stemmer(token);
  if (token.length > longestKept) return made;
  if (stems.size >= mostStems) stems.clear();
  stems.set(token, made);
  return made;
}

/**
 * A question as query terms: its tokens in order, stop words left out, **duplicates kept** (they are
 * the query's term frequency; dropping them costs 6 points of nDCG on CISI). A question of stop words
 * alone keeps them: "to be or not to be" is a question too.
 *
 * Terms are surface tokens, not stems: each adapter stems as its index does (Porter is not idempotent).
 */
export function queryTerms(
  text: string,
  { languages = [], weight = 1 }: { languages?: readonly string[]; weight?: number } = {},
): QueryTerm[] {
  const all = tokens(text.slice(0, longestQuestion)).filter((each) => each.length <= longestToken);
  const stopWords = stopWordsFor(all, languages);
  const telling = all.filter((each) => !stopWords.has(each));
  return (telling.length > 0 ? telling : all).slice(0, mostTerms).map((term) => ({ term, weight }));
}
