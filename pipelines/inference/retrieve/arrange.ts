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
 */
export function besides<T extends { readonly chunk: { readonly id: string } }>(
  ranked: readonly T[],
  used: readonly string[],
  limit: number,
  arrange: (ranked: readonly T[]) => readonly T[],
): readonly T[] {
  if (used.length === 0) return arrange(ranked).slice(0, limit);
  const ids = new Set(used);
  const others = arrange(ranked.filter(({ chunk }) => !ids.has(chunk.id)));
  const earlier = arrange(ranked.filter(({ chunk }) => ids.has(chunk.id)));
  const kept = Math.min(earlier.length, Math.max(Math.floor(limit / 2), limit - others.length));
  return [...others.slice(0, limit - kept), ...earlier.slice(0, kept)];
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
