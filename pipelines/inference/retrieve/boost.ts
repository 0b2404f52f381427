import type { ChunkAttributes } from '../../stores/features/chunk.ts';
import type { UnderstoodFilter } from '../types.ts';
import { within } from '../understand/calendar.ts';

/**
 * How well a passage's attributes match what the question named, in matches: one for each field of which
 * it has a named value, times the confidence in it. Several values of a field are alternatives.
 */
export function matchesOf(
  attributes: ChunkAttributes,
  filters: readonly UnderstoodFilter[],
): number {
  const best = new Map<UnderstoodFilter['field'], number>();
  for (const filter of filters) {
    if (!isMatch(attributes, filter)) continue;
    best.set(filter.field, Math.max(best.get(filter.field) ?? 0, filter.confidence));
  }
  return [...best.values()].reduce((sum, confidence) => sum + confidence, 0);
}

export function isMatch(attributes: ChunkAttributes, filter: UnderstoodFilter): boolean {
  switch (filter.field) {
    case 'author':
      return attributes.author.id === filter.value;
    case 'source':
      return attributes.source === filter.value;
    case 'platform':
      return attributes.platform === filter.value;
    case 'kind':
      return attributes.kind === filter.value;
    case 'language':
      return attributes.language === filter.value;
    case 'date': {
      const { since = null, until = null } = filter;
      return attributes.publishedAt !== null && within(attributes.publishedAt, { since, until });
    }
  }
}
