import type { Turn } from '../../serving/chat/port.ts';
import { queryTerms, stem } from '../../stores/features/lexical.ts';
import type { QueryTerm } from '../../stores/features/port.ts';
import { wordsOf } from './words.ts';

/** What a question takes over from its thread. */
export type CarriedOver = {
  /** Telling words of the earlier question, with weights below 1. */
  readonly terms: readonly QueryTerm[];
  /** The earlier question itself, whose names and dates may still be meant; null when self-contained. */
  readonly from: string | null;
};

const nothing: CarriedOver = { terms: [], from: null };

/** How much a carried word counts against one of the question's own. */
const carriedWeight = 0.5;
const mostCarried = 8;
/** How many of the asker's turns are looked back at. */
const lookBack = 4;

const opening =
  /^(?:and|but|or|so|then|also|what about|how about|how so|what else|anything else|why|really|ok(?:ay)?|yes|no|more|tell me more|go on|which one|who else|since when|for example|such as|instead)\b/iu;
/** "Is it possible", "how long does it take": an "it" that stands for nothing. */
const emptyIt =
  /\bit(?:['’]s| is| was)? (?:possible|true|necessary|safe|ok(?:ay)?|worth|better|take|takes|mean|means|make sense|cost)\b|\b(?:is|was) it (?:possible|true|necessary|safe|ok(?:ay)?|worth|better)\b|\bdoes it (?:take|mean|cost|matter)\b/iu;
const pronoun =
  /\b(?:he|she|him|her|his|hers|they|them|their|theirs|it|its|that|this|those|these|there|the (?:same|former|latter|other|others|first|second|last) ?(?:one|two)?)\b/iu;
/** Of persons, who are named or are not: these point back however long the question is. */
const personal = /\b(?:he|she|him|his|hers|they|them|theirs)\b/iu;

/**
 * Decides whether a question can be read alone, and if not, what to add. It cannot when it has no telling
 * word; when it is short and opens like a continuation ("and in production?", "what about him?", "why?");
 * or when it is short and points back with a pronoun. A longer question is a topic of its own, and the
 * thread must not colour it, unless it speaks of a person without naming one.
 *
 * The topic is the latest of the asker's own turns that could itself be read alone; shorter turns in
 * between add their words too. What the twin said is not used: it is long, and half of it is quotations.
 */
export function carriedOver(text: string, history: readonly Turn[]): CarriedOver {
  const earlier = history.filter(({ role }) => role === 'user').map((turn) => turn.text);
  if (earlier.length === 0 || !dependsOnThread(text)) return nothing;
  const taken: string[] = [];
  for (const turn of earlier.slice(-lookBack).reverse()) {
    taken.push(turn);
    if (!dependsOnThread(turn)) break;
  }
  const own = new Set(queryTerms(text).map(({ term }) => stem(term)));
  const terms = new Map<string, QueryTerm>();
  for (const turn of taken) {
    for (const { term } of queryTerms(turn)) {
      const stemmed = stem(term);
      if (own.has(stemmed) || terms.has(stemmed) || terms.size >= mostCarried) continue;
      if (hasTellingWord(turn)) terms.set(stemmed, { term, weight: carriedWeight });
    }
  }
  return { terms: [...terms.values()], from: taken.toReversed().join(' ') };
}

/** Whether a question needs the thread to be understood. */
export function dependsOnThread(text: string): boolean {
  const telling = hasTellingWord(text) ? new Set(queryTerms(text).map(({ term }) => term)).size : 0;
  if (telling === 0) return true;
  const trimmed = text.trim();
  if (telling <= 3 && opening.test(trimmed)) return true;
  if (emptyIt.test(trimmed)) return false;
  if (telling <= 3 && pronoun.test(trimmed)) return true;
  return telling <= 6 && personal.test(trimmed) && !namesSomebody(trimmed);
}

/** `queryTerms` keeps stop words where there is nothing else; those tell nothing here. */
export const tellingTerms = (text: string): readonly QueryTerm[] =>
  queryTerms(`x1x ${text}`).slice(1);

const hasTellingWord = (text: string) => tellingTerms(text).length > 0;

const namesSomebody = (text: string) =>
  wordsOf(text).some(({ written }, index) => index > 0 && /^\p{Lu}\p{Ll}/u.test(written));
