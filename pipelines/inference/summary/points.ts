import { lexRank, type Similarities, similaritiesOf } from './lexrank.ts';
import type { Said } from './said.ts';
import type { Statement } from './statements.ts';

/** One point of a summary: something said, and under a question what was answered. */
export type Point = { readonly head: Statement; readonly answers: readonly Statement[] };

const leastPoints = 3;
const mostPoints = 7;
const mostAnswers = 2;
/** Weight of being central against being new (maximal marginal relevance, Carbonell and Goldstein 1998). */
const centrality = 0.7;
/** More alike than this is the same once more. */
const mostAlike = 0.6;
/** How many turns further on an answer is looked for: others may speak in between. */
const answerWithin = 3;

/**
 * The points of a thread in the order they were made: its most central statements by LexRank, each new beside
 * the others, about as many as the square root of all there are. A question stands with what was answered to it,
 * and an answer with its question.
 */
export function pointsOf(
  statements: readonly Statement[],
  said: readonly Said[],
): readonly Point[] {
  const similarities = similaritiesOf(statements.map(({ stems }) => stems));
  const ranks = lexRank(similarities);
  const room = Math.min(
    mostPoints,
    Math.max(leastPoints, Math.round(Math.sqrt(statements.length))),
  );
  const indexed = statements.map((statement, index) => ({ ...statement, index }));
  const byTurn = Map.groupBy(indexed, ({ turn }) => turn);
  const questionOf = answeredTurns(said, byTurn);
  const answersOf = new Map(Array.from(questionOf, ([turn, question]) => [question, turn]));

  const at = (index: number) => statements[index] as Statement;

  const points = new Map<number, number[]>();
  const chosen: number[] = [];
  const choose = (index: number) => void chosen.push(index);
  while (points.size < room) {
    const next = nextBest(ranks, similarities, chosen);
    if (next === undefined) break;
    choose(next);
    const { turn, asks } = at(next);
    const question = questionOf.get(turn);
    if (question !== undefined && !asks) {
      const answers = points.get(question) ?? [];
      if (!points.has(question)) choose(question);
      points.set(question, [...answers, next].slice(0, mostAnswers));
      continue;
    }
    const answering = byTurn.get(answersOf.get(next) ?? -1) ?? [];
    const best = bestOf(
      answering.filter(({ asks }) => !asks).map(({ index }) => index),
      ranks,
    );
    if (best !== undefined) choose(best);
    points.set(next, best === undefined ? [] : [best]);
  }
  return [...points]
    .sort(([a], [b]) => a - b)
    .map(([head, answers]) => ({ head: at(head), answers: answers.sort((a, b) => a - b).map(at) }));
}

/** Which turn answers which question: the next turn of somebody else that does not only ask back. */
function answeredTurns(
  said: readonly Said[],
  byTurn: ReadonlyMap<number, readonly (Statement & { readonly index: number })[]>,
): ReadonlyMap<number, number> {
  const speaker = (turn: number) => `${said[turn]?.role} ${said[turn]?.who ?? ''}`;
  const answered = new Map<number, number>();
  for (const [turn, statements] of byTurn) {
    const question = statements.findLast(({ asks }) => asks);
    if (question === undefined) continue;
    for (let later = turn + 1; later <= turn + answerWithin; later += 1) {
      const isAnswer =
        speaker(later) !== speaker(turn) &&
        !answered.has(later) &&
        byTurn.get(later)?.some(({ asks }) => !asks);
      if (!isAnswer) continue;
      answered.set(later, question.index);
      break;
    }
  }
  return answered;
}

function nextBest(
  ranks: Float64Array,
  similarities: Similarities,
  chosen: readonly number[],
): number | undefined {
  const highest = ranks.reduce((most, rank) => Math.max(most, rank), 0) || 1;
  let found: number | undefined;
  let most = Number.NEGATIVE_INFINITY;
  ranks.forEach((rank, index) => {
    if (chosen.includes(index)) return;
    const alike = Math.max(0, ...chosen.map((other) => similarities[index]?.[other] ?? 0));
    const marginal = (centrality * rank) / highest - (1 - centrality) * alike;
    if (alike <= mostAlike && marginal > most) [found, most] = [index, marginal];
  });
  return found;
}

function bestOf(indexes: readonly number[], ranks: Float64Array): number | undefined {
  return indexes.toSorted((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || a - b)[0];
}
