import type { ChunkAttributes } from '../../stores/features/chunk.ts';
import type { UnderstoodFilter } from '../types.ts';
import { mentionsInTurn } from '../understand/self-query.ts';
import { isMatch } from './boost.ts';

type Placed = {
  readonly chunk: { readonly documentId: string; readonly attributes: ChunkAttributes };
};

/**
 * The `limit` passages to be returned. Those `used` for an earlier answer come after all others, so that there
 * is something else to say; but up to half of the places are theirs, so that it can be said again where nothing
 * else answers, and so that it is known what was said.
 *
 * @param seated Says who sits in the first places, once it is known how many there are.
 */
export function besides<T extends { readonly chunk: { readonly id: string } }>(
  ranked: readonly T[],
  used: readonly string[],
  limit: number,
  arrange: (ranked: readonly T[]) => readonly T[],
  seated: (arranged: readonly T[], places: number) => readonly T[] = (arranged) => arranged,
): readonly T[] {
  if (used.length === 0) return seated(arrange(ranked), limit).slice(0, limit);
  const ids = new Set(used);
  const others = arrange(ranked.filter(({ chunk }) => !ids.has(chunk.id)));
  const earlier = arrange(ranked.filter(({ chunk }) => ids.has(chunk.id)));
  const kept = Math.min(earlier.length, Math.max(Math.floor(limit / 2), limit - others.length));
  const places = limit - kept;
  return [...seated(others, places).slice(0, places), ...earlier.slice(0, kept)];
}

/** Passages of a step that are as good as its best. */
const bestOfStep = 5;

/**
 * Sees to it that the first `places` hold something of every step of a comparison or an order of events: one passage
 * each, two and more where that leaves half of the places to the question itself. What is missing comes in for the last
 * that no step needs; where the ranking has it all, the ranking stands.
 *
 * @param steps Of each step, the ids of its passages, best first.
 */
export function everyStep<T extends { readonly chunk: { readonly id: string } }>(
  ranked: readonly T[],
  steps: readonly (readonly string[])[],
  places: number,
): readonly T[] {
  const placeOf = new Map(ranked.map(({ chunk }, index) => [chunk.id, index]));
  const each = Math.max(1, Math.floor(places / 2 / Math.max(1, steps.length)));
  // Of a step's best those that suit the whole question best.
  const wanted = steps.flatMap((ids) =>
    ids
      .flatMap((id) => placeOf.get(id) ?? [])
      .slice(0, bestOfStep)
      .sort((a, b) => a - b)
      .slice(0, each),
  );
  const due = new Set(wanted.map((index) => ranked[index]));
  const head = ranked.slice(0, places);
  const missing = ranked.slice(places).filter((one) => due.has(one));
  const spare = head.filter((one) => !due.has(one));
  const leaving = new Set(spare.slice(Math.max(0, spare.length - missing.length)));
  const coming = new Set(missing.slice(0, leaving.size));
  return [
    ...head.filter((one) => !leaving.has(one)),
    ...coming,
    ...ranked.filter((one, index) => leaving.has(one) || (index >= places && !coming.has(one))),
  ];
}

/** At most `most` passages of each document, the best ones; a document's others are dropped. */
export function capped<T extends Placed>(ranked: readonly T[], most: number): T[] {
  const taken = new Map<string, number>();
  return ranked.filter(({ chunk: { documentId } }) => {
    const count = taken.get(documentId) ?? 0;
    taken.set(documentId, count + 1);
    return count < most;
  });
}

/**
 * Comparison questions are served in turns: the best passage of each named source (or author), then the
 * second best of each, and so on, so that one side with much to say does not push the other one out. In
 * each round the better passage comes first. What belongs to none of those named comes after them.
 */
export function inTurns<T extends Placed>(
  ranked: readonly T[],
  filters: readonly UnderstoodFilter[],
): readonly T[] {
  const mentions = mentionsInTurn(filters);
  if (mentions.length < 2) return ranked;
  const rounds = ranked.map((each) => ({ each, round: Number.POSITIVE_INFINITY }));
  const served = mentions.map(() => 0);
  for (const place of rounds) {
    const side = mentions.findIndex((mention) =>
      mention.some((filter) => isMatch(place.each.chunk.attributes, filter)),
    );
    if (side < 0) continue;
    place.round = served[side] ?? 0;
    served[side] = place.round + 1;
  }
  // The sort is stable: within a round the ranking stands.
  return rounds
    .sort((a, b) => (a.round === b.round ? 0 : a.round - b.round))
    .map(({ each }) => each);
}
