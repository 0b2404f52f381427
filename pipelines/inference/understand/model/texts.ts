import { stem, tokens } from '../../../stores/features/lexical.ts';
import type { Question } from '../../types.ts';
import { tellingTerms } from '../rewrite.ts';

/** Longest wording or step, in UTF-16 units: they are searches, not essays. */
const longestSearch = 200;
/** What a rewrite may add to the question. */
const longestAddition = 300;
/** Share of a rewrite's telling words that the question or its thread must have. */
const leastKnown = 0.5;

/** Usable searches: trimmed, one line, bounded, no two of the same words, none that `besides` already has. */
export function distinctTexts(
  proposed: readonly string[],
  besides: readonly string[],
  most: number,
): readonly string[] {
  const seen = new Set(besides.map(wording));
  const kept: string[] = [];
  for (const text of proposed.map(oneLine)) {
    const words = wording(text);
    if (words === '' || text.length > longestSearch || seen.has(words) || kept.length >= most)
      continue;
    seen.add(words);
    kept.push(text);
  }
  return kept;
}

/**
 * A rewrite that may stand for the question, or null. It fills in what the thread says, so most of its telling words are
 * known from there, and what the question itself says is still in it. One that is about something else is made up, or
 * was talked into it.
 */
export function plausibleRewrite(
  proposed: string,
  { text, history }: Pick<Question, 'text' | 'history'>,
): string | null {
  const rewritten = oneLine(proposed);
  if (history.length === 0 || wording(rewritten) === '' || wording(rewritten) === wording(text))
    return null;
  if (rewritten.length > text.length + longestAddition) return null;
  const said = stemsOf(rewritten);
  const asked = stemsOf(text);
  const known = new Set([...asked, ...history.flatMap((turn) => [...stemsOf(turn.text)])]);
  const familiar = said.intersection(known).size;
  if (familiar === 0 || familiar < leastKnown * said.size) return null;
  return asked.size > 0 && asked.isDisjointFrom(said) ? null : rewritten;
}

const wording = (text: string) => tokens(text).join(' ');
const oneLine = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
const stemsOf = (text: string): ReadonlySet<string> =>
  new Set(tellingTerms(text).map(({ term }) => stem(term)));
