import type { ChunkAttributes } from '../../stores/features/chunk.ts';
import type { UnderstoodFilter } from '../types.ts';
import { mentionsInTurn } from '../understand/self-query.ts';
import { isMatch } from './boost.ts';

type Placed = {
  readonly chunk: { readonly documentId: string; readonly attributes: ChunkAttributes };
};

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
