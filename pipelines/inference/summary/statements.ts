import { setImmediate } from 'node:timers/promises';
import { blocks, listItems } from '../../serving/chat/extractive/blocks.ts';
import { sentences } from '../../serving/chat/extractive/sentences.ts';
import { stems } from '../../serving/chat/extractive/terms.ts';
import { plainMarkdown } from '../../serving/chat/extractive/tidy.ts';
import { stopWordsFor, tokens } from '../../stores/features/lexical.ts';
import type { Said } from './said.ts';

/** A sentence of a thread, or an item of a list in it. */
export type Statement = {
  /** Which turn it was said in: 0, 1, 2 … */
  readonly turn: number;
  readonly text: string;
  /** Its telling words as stems, repetitions kept. */
  readonly stems: readonly string[];
  readonly asks: boolean;
};

/** What is read of one turn, in UTF-16 units; a longer one has usually said by then what it is about. */
const longestTurn = 3_000;
/** With more than this, later sentences of long turns are left out first. */
const mostStatements = 300;
/** "Thanks!", "Sounds good." say nothing that could be summed up. */
const leastStems = 2;
/** Languages besides English whose function words are known; the thread's own is told by them. */
const otherLanguages = ['de', 'es', 'fr', 'it', 'nl', 'pt'];

/**
 * Everything said that could stand in a summary, in order. Code, tables and headings are not taken. Others may run
 * between any two turns.
 */
export async function statementsOf(
  said: readonly Said[],
  signal?: AbortSignal,
): Promise<readonly Statement[]> {
  const byTurn: string[][] = [];
  for (const { text } of said) {
    await setImmediate();
    signal?.throwIfAborted();
    byTurn.push(sentencesOf(text.slice(0, longestTurn)));
  }
  const words = byTurn.flat().flatMap(tokens);
  const stop = stopWordsFor(words, otherLanguages);
  const all = byTurn.flatMap((texts, turn) =>
    texts.map((text) => ({
      turn,
      text,
      stems: stems(
        tokens(text)
          .filter((token) => !stop.has(token))
          .join(' '),
      ),
      asks: /[?？؟]\W*$/u.test(text),
    })),
  );
  return evenly(all.filter((statement) => new Set(statement.stems).size >= leastStems));
}

/** Citation marks of the twin, plain or as links. */
const citation = /\[\d{1,3}\](?:\([^)\s]*\))?/gu;

function sentencesOf(markdown: string): string[] {
  return blocks(markdown.replace(citation, ''))
    .flatMap(({ kind, source }) => {
      if (kind === 'paragraph') return sentences(plainMarkdown(source), null);
      if (kind === 'list') return listItems(plainMarkdown(source)).map(withoutMarker);
      return [];
    })
    .map((text) => text.replace(/\s+/gu, ' ').trim())
    .filter((text) => text !== '');
}

const withoutMarker = (item: string) =>
  item.replace(/^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/u, '');

/** The first of every turn, then the second of every turn …, as many as are taken, in order. */
function evenly(all: readonly Statement[]): readonly Statement[] {
  if (all.length <= mostStatements) return all;
  const seen = new Map<number, number>();
  const placed = all.map((statement, index) => {
    const place = seen.get(statement.turn) ?? 0;
    seen.set(statement.turn, place + 1);
    return { index, place };
  });
  const taken = placed.sort((a, b) => a.place - b.place || a.index - b.index);
  const kept = new Set(taken.slice(0, mostStatements).map(({ index }) => index));
  return all.filter((_, index) => kept.has(index));
}
