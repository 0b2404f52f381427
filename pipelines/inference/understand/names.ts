import type { Alias, Gazetteer, Named, NamedField } from './gazetteer.ts';
import { isCapitalised, type Word } from './words.ts';

/** A name found in the question: all its values mean the same mention. */
export type NameMention = {
  readonly named: readonly Named[];
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
};

/** Words before a lower-case name that make it one: "did ines write", "by the verge". */
const introductions: Readonly<Record<NamedField, ReadonlySet<string>>> = {
  author: new Set('by from did does do has had asked author vs versus'.split(' ')),
  source: new Set('by from in on at via vs versus did does source'.split(' ')),
  platform: new Set('from in on via'.split(' ')),
  kind: new Set(
    `the a an any which what his her their its my your our all every each recent latest newest
     last first old older in one two some these those this that of only s`.split(/\s+/),
  ),
  language: new Set('in into auf en'.split(' ')),
};
const skipped = new Set(['the', 'a', 'an', 'my', 'our', 'your', 'his', 'her', 'their', 'article']);

/**
 * The names in a question: at each word the longest alias that fits, no word used twice. What is written
 * with a capital or has two telling words speaks for itself; a single plain word ("fortune", "mark")
 * counts only with something before it that introduces a name.
 */
export function nameMentions(words: readonly Word[], gazetteer: Gazetteer): NameMention[] {
  const mentions: NameMention[] = [];
  for (let index = 0; index < words.length; index++) {
    const found = longestAt(words, index, gazetteer);
    const first = words[index];
    const last = words[index + (found?.alias.words.length ?? 0) - 1];
    if (!found || !first || !last) continue;
    mentions.push({
      named: found.alias.named,
      confidence: found.confidence,
      start: first.start,
      end: last.end,
    });
    index += found.alias.words.length - 1;
  }
  return mentions;
}

function longestAt(words: readonly Word[], index: number, gazetteer: Gazetteer) {
  for (const alias of gazetteer.get(words[index]?.folded ?? '') ?? []) {
    const fits = alias.words.every((word, offset) => words[index + offset]?.folded === word);
    const confidence = fits ? confidenceOf(alias, words, index) : 0;
    if (confidence > 0) return { alias, confidence };
  }
  return undefined;
}

/** 0 when it should not be taken for a name at all. */
function confidenceOf(alias: Alias, words: readonly Word[], index: number): number {
  const field = alias.named[0]?.field ?? 'source';
  const introduced = isIntroduced(field, words, index);
  const sure = alias.whole ? 0.95 : 0.9;
  if (field === 'kind' || field === 'platform') return introduced ? 0.6 : 0;
  if (field === 'language') return introduced ? 0.8 : 0;
  if (!alias.plain) return sure;
  const written = words.slice(index, index + alias.words.length);
  const capital = written.every(
    (word, offset) =>
      (isCapitalised(word) && (alias.whole || !isAcronym(word))) ||
      (offset === 0 && word.folded === 'the'),
  );
  // "Epoch Times", "Taylor Swift": part of a longer name is not the shorter one.
  if (!alias.whole && isPartOfName(words, index, alias.words.length)) return 0;
  // A capital at the beginning of a question is owed to the beginning.
  if (capital && (index > 0 || alias.words.length > 1)) return sure;
  // Who writes capitals elsewhere would have written one here.
  if (introduced && !words.some((word, at) => at > 0 && isCapitalised(word))) return 0.6;
  return capital && isSubject(words, index + alias.words.length) ? 0.6 : 0;
}

function isIntroduced(field: NamedField, words: readonly Word[], index: number): boolean {
  const previous = words[index - 1]?.folded;
  // "Posts about security", "articles by Tomas".
  if (previous === undefined) return field === 'kind' && /s$/.test(words[index]?.folded ?? '');
  if (introductions[field].has(previous)) return true;
  if (field !== 'kind' && skipped.has(previous)) {
    return introductions[field].has(words[index - 2]?.folded ?? '');
  }
  // "Ines's posts", "TechCrunch articles".
  return (
    field === 'kind' && words[index - 1] !== undefined && isCapitalised(words[index - 1] as Word)
  );
}

/** Whether a neighbour on the same line is capitalised too, and not merely because a sentence begins. */
function isPartOfName(words: readonly Word[], index: number, length: number): boolean {
  const next = words[index + length];
  const previous = words[index - 1];
  const touches = (left: Word | undefined, right: Word | undefined) =>
    left !== undefined && right !== undefined && right.start - left.end === 1;
  return (
    (touches(words[index + length - 1], next) && next !== undefined && isCapitalised(next)) ||
    (index > 1 &&
      touches(previous, words[index]) &&
      previous !== undefined &&
      isCapitalised(previous))
  );
}

/** MARC the format is not Marc the person. */
const isAcronym = ({ written }: Word) => written.length > 1 && written === written.toUpperCase();

/** "Ines wrote …", "Tomas on queues", "Mara's posts" at the very beginning. */
const verbs =
  /^(?:wrote|writes|says|said|thinks|thought|has|had|was|is|did|does|and|or|vs|on|in|about|posts?|articles?|notes?)$/u;
const isSubject = (words: readonly Word[], next: number) => verbs.test(words[next]?.folded ?? '');
