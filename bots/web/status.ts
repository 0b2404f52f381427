import type { FeatureSet } from '../../pipelines/stores/features/port.ts';
import type { Facets, Origin, TitledDocument } from '../../pipelines/stores/warehouse/port.ts';
import type { PlaygroundPorts } from './ports.ts';

type Titles = readonly TitledDocument[];

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

/**
 * Reads the status, over and over, at next to no cost: what has to be counted over all documents is counted
 * again only when the warehouse has changed.
 */
export function openStatusReader({
  warehouse,
  features,
}: Pick<PlaygroundPorts, 'warehouse' | 'features'>): () => Promise<IndexStatus> {
  let counted:
    | { readonly version: number; readonly facets: Facets; readonly titles: Titles }
    | undefined;
  return async () => {
    const version = await warehouse.version();
    if (counted?.version !== version) {
      const [facets, titles] = await Promise.all([warehouse.facets(), warehouse.titles(200)]);
      counted = { version, facets, titles };
    }
    const [sets, origins] = await Promise.all([features.sets(), warehouse.origins()]);
    return statusOf(counted.facets, counted.titles, sets, origins);
  };
}

function statusOf(
  facets: Facets,
  titles: Titles,
  sets: readonly FeatureSet[],
  origins: readonly Origin[],
): IndexStatus {
  const current = sets.find(({ state }) => state === 'current');
  const building = sets.find(({ state }) => state === 'building');
  const collected = origins.flatMap(({ lastCollectedAt }) => lastCollectedAt ?? []);
  return {
    documents: facets.documents,
    indexed: current
      ? { set: current.id, documents: current.documents, chunks: current.chunks }
      : null,
    building: building ? { set: building.id, documents: building.documents } : null,
    collectedAt: collected.sort().at(-1) ?? null,
    authors: facets.authors.map(({ name }) => name),
    suggestions: suggest(titles.map(({ title }) => title)),
  };
}

/** Questions one could begin with, from titles spread over the whole corpus. */
function suggest(titles: readonly string[]): string[] {
  const fitting = [...new Set(titles)].filter((title) => title.length >= 8 && title.length <= 70);
  const step = Math.max(1, Math.floor(fitting.length / mostSuggestions));
  return fitting
    .filter((_, index) => index % step === 0)
    .slice(0, mostSuggestions)
    .map((title) => (title.endsWith('?') ? title : `What is “${title}” about?`));
}
