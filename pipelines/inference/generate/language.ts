import type { Passage } from '../../serving/chat/port.ts';
import { stopWordsFor, tokens } from '../../stores/features/lexical.ts';

/** Languages whose function words can be told from each other's. */
const known = ['da', 'de', 'es', 'fi', 'fr', 'it', 'nb', 'nl', 'pl', 'pt', 'ru', 'sv', 'tr', 'uk'];

const latin = /\p{Script=Latin}/u;
const foreign = /[\p{L}--\p{Script=Latin}]/gv;

/**
 * Whether a text is in a language that none of the passages is in, as far as its function words or its script tell.
 * Between such texts shared words say nothing.
 */
export function speaksAnother(text: string, passages: readonly Passage[]): boolean {
  return writtenInAnother(text, passages) || wordsOfAnother(text, passages);
}

function writtenInAnother(text: string, passages: readonly Passage[]): boolean {
  const letters = text.match(foreign) ?? [];
  if (letters.length === 0) {
    return latin.test(text) && !passages.some((passage) => latin.test(passage.text));
  }
  const isMost = letters.length > (text.match(/\p{L}/gu)?.length ?? 0) / 2;
  return isMost && !passages.some(({ text: written }) => letters.some((l) => written.includes(l)));
}

function wordsOfAnother(text: string, passages: readonly Passage[]): boolean {
  const words = tokens(text);
  const theirs = [...new Set(passages.flatMap(({ language }) => language ?? []))];
  const hits = (list: ReadonlySet<string>) => words.filter((word) => list.has(word)).length;
  // Two more, since lists of related languages share words: "in", "die", "was".
  return hits(stopWordsFor(words, known)) >= hits(stopWordsFor(words, theirs)) + 2;
}
