import type { FeatureStore } from '../../pipelines/stores/features/port.ts';
import type { Knowledge } from '../conversation/knowledge.ts';

/** What the page shows of the index; every number is counted, none is estimated. */
export type IndexStatus = {
  readonly documents: number;
  /** Documents and passages that can be found right now. */
  readonly indexed: {
    readonly set: string;
    readonly documents: number;
    readonly chunks: number;
  } | null;
  /** A new set being built beside the current one, with its documents so far. */
  readonly building: { readonly set: string; readonly documents: number } | null;
  /** ISO 8601, or null when nothing was ever collected. */
  readonly collectedAt: string | null;
  readonly authors: readonly string[];
  readonly suggestions: readonly string[];
};

const mostSuggestions = 4;

/** Reads the status, over and over, at next to no cost. */
export function openStatusReader({
  knowledge,
  features,
}: {
  readonly knowledge: Pick<Knowledge, 'overview' | 'suggestions'>;
  readonly features: Pick<FeatureStore, 'sets'>;
}): () => Promise<IndexStatus> {
  return async () => {
    const [{ documents, collectedAt, authors }, suggestions, sets] = await Promise.all([
      knowledge.overview(),
      knowledge.suggestions(mostSuggestions),
      features.sets(),
    ]);
    const current = sets.find(({ state }) => state === 'current');
    const building = sets.find(({ state }) => state === 'building');
    return {
      documents,
      indexed: current
        ? { set: current.id, documents: current.documents, chunks: current.chunks }
        : null,
      building: building ? { set: building.id, documents: building.documents } : null,
      collectedAt,
      authors,
      suggestions,
    };
  };
}
