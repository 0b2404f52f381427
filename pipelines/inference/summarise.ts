import { randomUUID } from 'node:crypto';
import { literal } from './literal.ts';
import { type Point, pointsOf } from './summary/points.ts';
import type { Said } from './summary/said.ts';
import { type Statement, statementsOf } from './summary/statements.ts';
import type { AnswerEvent } from './types.ts';

/**
 * Sums a thread up in its own sentences: three to seven points as a Markdown list, fewer where less was said. The
 * events are those of an answer, without `sources`: one `text` a point, then `done`, which is `abstained`
 * with no text before it when nothing was said that could be summed up. Deterministic but for the trace's id.
 *
 * @throws the reason of an aborted `signal`, and nothing else.
 */
export async function* summarise(
  said: readonly Said[],
  signal?: AbortSignal,
): AsyncGenerator<AnswerEvent, void> {
  const startedAt = performance.now();
  const trace = randomUUID();
  signal?.throwIfAborted();
  yield { type: 'status', stage: 'answering' };
  const statements = await statementsOf(said, signal);
  const points = pointsOf(statements, said);
  for (const [index, point] of points.entries()) {
    signal?.throwIfAborted();
    const text = `${index === 0 ? '' : '\n'}${drawn(point, said)}`;
    yield { type: 'text', text, citations: [] };
  }
  const total = performance.now() - startedAt;
  yield {
    type: 'done',
    outcome: points.length > 0 ? 'answered' : 'abstained',
    trace,
    cited: [],
    support: null,
    timings: { answer: total, total },
    fallbacks: [],
    generation: null,
  };
}

function drawn({ head, answers }: Point, said: readonly Said[]): string {
  return [
    `- ${spoken(head, said)}`,
    ...answers.map((answer) => `  - ${spoken(answer, said)}`),
  ].join('\n');
}

/** Longest sentence that is quoted whole, in characters as people count them. */
const longest = 300;
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

function spoken({ turn, text }: Statement, said: readonly Said[]): string {
  const who = said[turn]?.who?.trim();
  const speaker = who ? `**${literal(who)}:** ` : '';
  return speaker + shortened(text);
}

/** Cut at a word, and without its marks: half of a pair would reach into what comes after. */
function shortened(text: string): string {
  if (text.length <= longest) return text;
  const kept = Array.from(characters.segment(text), ({ segment }) => segment).slice(0, longest);
  const cut = kept.join('');
  if (cut.length === text.length) return text;
  const atWord = cut.replace(/\s+\S{0,40}$/u, '');
  return `${literal(atWord.replace(/[`*_~]/gu, ''))} …`;
}
