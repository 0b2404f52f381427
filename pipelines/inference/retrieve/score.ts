import type { Reranker } from '../../serving/rerank/port.ts';
import type { QueryTerm } from '../../stores/features/port.ts';
import { minMax } from '../rerank/minmax.ts';
import type { StageScores, UnderstoodFilter } from '../types.ts';
import { matchesOf } from './boost.ts';
import type { Candidate } from './candidates.ts';
import type { RetrievalSettings } from './settings.ts';

export type Scored = Candidate & { readonly scores: StageScores };

export type Scoring = {
  readonly reranker: Reranker | undefined;
  readonly settings: RetrievalSettings;
  readonly question: string;
  readonly terms: readonly QueryTerm[];
  readonly filters: readonly UnderstoodFilter[];
  readonly signal: AbortSignal | undefined;
};

/**
 * Every candidate with its scores, best first.
 *
 * The reranked score (or without a reranker the lexical one) and the dense one are each scaled to [0, 1]
 * and added with fixed weights; see `minMax` for why not by ranks. To that each matching attribute adds
 * its share of the best score. Candidates beyond those reranked stay below them, in their order.
 */
export async function scored(
  candidates: readonly Candidate[],
  scoring: Scoring,
): Promise<readonly Scored[]> {
  const { settings, filters } = scoring;
  const head = candidates.filter(({ lexical, dense }, index) =>
    isReranked(index, lexical, dense, candidates, settings),
  );
  const inHead = new Set(head);
  const tail = candidates.filter((candidate) => !inHead.has(candidate));
  const rescored = await rescoredHead(head, scoring);
  const topical = fused(head, rescored, settings.denseShare);
  const best = topical.reduce((most, score) => Math.max(most, score), 0) || 1;
  const lowest = topical.reduce((least, score) => Math.min(least, score), best);
  const finish = (candidate: Candidate, own: number | null, base: number): Scored => {
    const boost = settings.boost * best * matchesOf(candidate.chunk.attributes, filters);
    const { lexical, dense } = candidate;
    return { ...candidate, scores: { lexical, dense, rescored: own, boost, final: base + boost } };
  };
  const below = minMax(tail.map(({ lexical }) => lexical ?? 0));
  return [
    ...head.map((candidate, index) =>
      finish(candidate, rescored?.[index] ?? null, topical[index] ?? 0),
    ),
    ...tail.map((candidate, index) =>
      finish(candidate, null, lowest - tailStep * (2 - (below[index] ?? 0))),
    ),
  ].sort((a, b) => b.scores.final - a.scores.final || (a.chunk.id < b.chunk.id ? -1 : 1));
}

/** Small enough that the tail lies just below the head, large enough to keep its order. */
const tailStep = 0.01;

/** The best by words, all that came by vectors, and what was looked up for a name at the end. */
function isReranked(
  index: number,
  lexical: number | null,
  dense: number | null,
  candidates: readonly Candidate[],
  { rescored, candidates: most }: RetrievalSettings,
): boolean {
  return (
    index < rescored ||
    dense !== null ||
    (lexical !== null && index >= most && candidates.length > most)
  );
}

async function rescoredHead(
  head: readonly Candidate[],
  { reranker, question, terms, signal }: Scoring,
): Promise<readonly number[] | null> {
  if (!reranker) return null;
  const passages = head.map(({ chunk: { text, context } }) => ({ text, context }));
  return reranker.rerank({ question, terms }, passages, signal);
}

function fused(
  head: readonly Candidate[],
  rescored: readonly number[] | null,
  denseShare: number,
): Float64Array {
  const words = minMax(rescored ?? head.map(({ lexical }) => lexical ?? 0));
  if (head.every(({ dense }) => dense === null)) return words;
  const known = head.flatMap(({ dense }) => (dense === null ? [] : [dense]));
  const least = known.reduce((low, score) => Math.min(low, score), 1);
  const meaning = minMax(head.map(({ dense }) => dense ?? least));
  return words.map((score, index) => (1 - denseShare) * score + denseShare * (meaning[index] ?? 0));
}
