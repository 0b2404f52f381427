import type { Reranker } from '../../serving/rerank/port.ts';
import type { QueryTerm } from '../../stores/features/port.ts';
import { minMax } from '../rerank/minmax.ts';
import type { Fallback, StageScores, UnderstoodFilter } from '../types.ts';
import { matchesOf } from './boost.ts';
import type { Candidate } from './candidates.ts';
import { judgedByModel, type ModelReranking } from './rerank.ts';
import type { RetrievalSettings } from './settings.ts';

export type Scored = Candidate & { readonly scores: StageScores };

export type Scoring = {
  /** The embedded one. */
  readonly reranker: Reranker | undefined;
  /** Has the last word on the best of what the embedded one ordered, where it is there. */
  readonly model: ModelReranking | undefined;
  readonly settings: RetrievalSettings;
  readonly question: string;
  readonly terms: readonly QueryTerm[];
  readonly filters: readonly UnderstoodFilter[];
  readonly signal: AbortSignal | undefined;
};

export type Ranking = {
  /** Best first. */
  readonly ranked: readonly Scored[];
  readonly fallback: Fallback | null;
};

/** A candidate with its own stage's score, and how good it is for the question: 0 … 1. */
type Rated = {
  readonly candidate: Candidate;
  readonly own: number | null;
  readonly topical: number;
};

/**
 * Every candidate with its scores, best first.
 *
 * The reranked score (or without a reranker the lexical one), the dense one and that of the other wordings are each
 * scaled to [0, 1] and added with fixed weights; see `minMax` for why not by ranks. A model reranker then
 * orders the best of them anew. To that each matching attribute adds its share of the best score. Candidates
 * beyond those rated stay below them, in their order.
 */
export async function scored(candidates: readonly Candidate[], scoring: Scoring): Promise<Ranking> {
  const { settings, filters, signal, question, terms, model } = scoring;
  const head = headOf(candidates, settings);
  const inHead = new Set(head);
  const beyond = candidates.filter((candidate) => !inHead.has(candidate));
  const tail = rated(beyond, null, minMax(beyond.map(({ lexical }) => lexical ?? 0)));

  const rescored = await rescoredHead(head, scoring);
  const first = rated(head, rescored, fused(head, rescored, settings));
  if (!model) return { ranked: finished([first, tail], settings, filters), fallback: null };

  const ordered = first.toSorted((a, b) => b.topical - a.topical);
  const shown = ordered.slice(0, model.passages).map(({ candidate }) => candidate);
  const { scores, fallback } = await judgedByModel(model, { question, terms }, shown, signal);
  if (!scores) return { ranked: finished([first, tail], settings, filters), fallback };
  const judged = rated(shown, scores, minMax(scores));
  const rest = ordered.slice(model.passages).map((each) => ({ ...each, own: null }));
  return { ranked: finished([judged, rest, tail], settings, filters), fallback: null };
}

const rated = (
  candidates: readonly Candidate[],
  own: readonly number[] | null,
  topical: ArrayLike<number>,
): readonly Rated[] =>
  candidates.map((candidate, index) => ({
    candidate,
    own: own?.[index] ?? null,
    topical: topical[index] ?? 0,
  }));

/** Small enough that a layer lies just below the one before, large enough to keep its order. */
const layerStep = 0.01;

/** Layers one below the other, in each the boosts added. */
function finished(
  layers: readonly (readonly Rated[])[],
  { boost }: RetrievalSettings,
  filters: readonly UnderstoodFilter[],
): readonly Scored[] {
  const top = layers[0] ?? [];
  const best = top.reduce((most, { topical }) => Math.max(most, topical), 0) || 1;
  const lowest = top.reduce((least, { topical }) => Math.min(least, topical), best);
  return layers
    .flatMap((layer, depth) =>
      layer.map(({ candidate, own, topical }): Scored => {
        const base = depth === 0 ? topical : lowest - layerStep * (2 * depth - topical);
        const added = boost * best * matchesOf(candidate.chunk.attributes, filters);
        const { lexical, dense } = candidate;
        const scores = { lexical, dense, rescored: own, boost: added, final: base + added };
        return { ...candidate, scores };
      }),
    )
    .sort((a, b) => b.scores.final - a.scores.final || (a.chunk.id < b.chunk.id ? -1 : 1));
}

/**
 * What is rated: the best by words, all that came by vectors, and what was looked up for a name. Of the places by words the
 * last ones, as many as is the share of other wordings, go to what those found best, and only if that leaves
 * room to the next by words: so wider searching costs the reranker nothing.
 */
function headOf(
  candidates: readonly Candidate[],
  { rescored, candidates: most, model }: RetrievalSettings,
): readonly Candidate[] {
  const shared = Math.round(rescored * model.share);
  const isSure = ({ lexical, dense }: Candidate, index: number) =>
    index < rescored - shared ||
    dense !== null ||
    (lexical !== null && index >= most && candidates.length > most);
  const places = candidates.filter(
    (each, index) => index < rescored && !isSure(each, index),
  ).length;
  const contenders = candidates
    .filter((each, index) => !isSure(each, index))
    // The sort is stable: where no other wording found anything, the order by words stands.
    .sort((a, b) => (b.others ?? 0) - (a.others ?? 0))
    .slice(0, places);
  const chosen = new Set(contenders);
  return candidates.filter((each, index) => isSure(each, index) || chosen.has(each));
}

async function rescoredHead(
  head: readonly Candidate[],
  { reranker, question, terms, signal }: Scoring,
): Promise<readonly number[] | null> {
  if (!reranker) return null;
  const passages = head.map(({ chunk }) => chunk);
  return reranker.rerank({ question, terms }, passages, signal);
}

function fused(
  head: readonly Candidate[],
  rescored: readonly number[] | null,
  { denseShare, model }: RetrievalSettings,
): Float64Array {
  const words = minMax(rescored ?? head.map(({ lexical }) => lexical ?? 0));
  const own = withDense(head, words, denseShare);
  if (head.every(({ others }) => others === undefined)) return own;
  return own.map(
    (score, index) => (1 - model.share) * score + model.share * (head[index]?.others ?? 0),
  );
}

function withDense(
  head: readonly Candidate[],
  words: Float64Array,
  denseShare: number,
): Float64Array {
  if (head.every(({ dense }) => dense === null)) return words;
  const known = head.flatMap(({ dense }) => (dense === null ? [] : [dense]));
  const least = known.reduce((low, score) => Math.min(low, score), 1);
  const meaning = minMax(head.map(({ dense }) => dense ?? least));
  return words.map((score, index) => (1 - denseShare) * score + denseShare * (meaning[index] ?? 0));
}
