import type { QueryTerm, ScoredChunk } from '../../stores/features/port.ts';
import { minMax } from '../rerank/minmax.ts';
import type { Fallback, UnderstoodFilter } from '../types.ts';
import type { OtherSearch } from '../understand/merge.ts';
import {
  type Candidate,
  type Found,
  lookUpNamed,
  searchOptions,
  searchWords,
} from './candidates.ts';
import { denseLists } from './dense.ts';
import { onItsWay } from './on-its-way.ts';
import type { Search } from './search.ts';

/** However many searches share the budget, each may bring at least this many passages. */
const leastOfEach = 10;

export type Widened = {
  /** What had been found, and then what the other searches found besides, best first. */
  readonly candidates: readonly Candidate[];
  /** Of each step, the ids of its passages, best first. */
  readonly steps: readonly (readonly string[])[];
  readonly fallback: Fallback | null;
};

export type Besides = {
  readonly terms: readonly QueryTerm[];
  /** Filters that were not known when the question was searched for. */
  readonly added: readonly UnderstoodFilter[];
  readonly searches: readonly OtherSearch[];
};

/**
 * Looks for what the question's own words may have missed: each other wording and step, all at once, and what a
 * filter names that came late. Together they bring no more passages than the question itself did.
 *
 * A passage's score in a search is its lexical and dense score, each scaled over that search's list, as in the first
 * stage (see `minMax`); what a search did not find scores 0 there. `others` is the mean over all searches, so that a
 * wording that went astray can do little, and what several agree on counts most.
 */
export async function searchOthers(
  search: Search,
  { candidates: found, fallback }: Found,
  { terms, added, searches }: Besides,
): Promise<Widened> {
  const { candidates, denseShare } = search.settings;
  const byWords = found.filter(({ lexical }) => lexical !== null);
  const limit = Math.max(leastOfEach, Math.floor(candidates / Math.max(1, searches.length)));
  // An embedder that could not take the question is not asked again.
  const isEmbedded = search.set.manifest.embedder && searches.length > 0 && !fallback;
  const [dense, lexical, named] = await Promise.all([
    isEmbedded ? denseOf(search, searches, limit) : { lists: [], fallback },
    Promise.resolve(isEmbedded && onItsWay()).then(() =>
      Promise.all(searches.map((each) => searchWords(search, each.terms, limit))),
    ),
    lookUpNamed(search, terms, added, byWords),
  ]);
  const scores = searches.map((_, index) =>
    scaled(lexical[index] ?? [], dense.lists[index] ?? [], denseShare),
  );
  return {
    candidates: joined(found, named, scores),
    steps: scores.filter((_, index) => searches[index]?.isStep).map(bestFirst),
    fallback: dense.fallback,
  };
}

type Scores = ReadonlyMap<string, Listed>;
type Listed = { readonly chunk: ScoredChunk['chunk']; readonly score: number };

function denseOf(search: Search, searches: readonly OtherSearch[], limit: number) {
  const texts = searches.map(({ text }) => text);
  return denseLists(search, texts, searchOptions(search, limit, search.access));
}

/** One search's passages by id, each with its convex score in [0, 1]. */
function scaled(
  lexical: readonly ScoredChunk[],
  dense: readonly ScoredChunk[],
  denseShare: number,
): Scores {
  const share = dense.length === 0 ? 0 : denseShare;
  const listed = new Map<string, Listed>();
  const add = (list: readonly ScoredChunk[], weight: number) => {
    const scores = minMax(list.map(({ score }) => score));
    for (const [index, { chunk }] of list.entries()) {
      const before = listed.get(chunk.id)?.score ?? 0;
      listed.set(chunk.id, { chunk, score: before + weight * (scores[index] ?? 0) });
    }
  };
  add(lexical, 1 - share);
  add(dense, share);
  return listed;
}

const bestFirst = (scores: Scores): readonly string[] =>
  [...scores].sort(([, a], [, b]) => b.score - a.score).map(([id]) => id);

function joined(
  found: readonly Candidate[],
  named: readonly ScoredChunk[],
  scores: readonly Scores[],
): readonly Candidate[] {
  const byId = new Map<string, Candidate>(found.map((each) => [each.chunk.id, each]));
  for (const { chunk, score } of named) {
    const known = byId.get(chunk.id);
    byId.set(chunk.id, known ?? { chunk, lexical: score, dense: null });
  }
  if (scores.length === 0) return [...byId.values()];
  const before = byId.size;
  for (const { chunk } of scores.flatMap((each) => [...each.values()])) {
    if (!byId.has(chunk.id)) byId.set(chunk.id, { chunk, lexical: null, dense: null });
  }
  const all = [...byId.values()].map((candidate) => ({
    ...candidate,
    others: meanOf(candidate, scores),
  }));
  const more = all.slice(before).sort((a, b) => b.others - a.others);
  return [...all.slice(0, before), ...more];
}

const meanOf = ({ chunk }: Candidate, scores: readonly Scores[]): number =>
  scores.reduce((sum, each) => sum + (each.get(chunk.id)?.score ?? 0), 0) / scores.length;
