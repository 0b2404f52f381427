import { sampleOf, spread, styleOf } from '../../../pipelines/inference/ask.ts';
import type { Access, FeatureStore } from '../../../pipelines/stores/features/port.ts';
import { keptByAccess, type Warehouse } from '../../../pipelines/stores/warehouse/port.ts';
import type { Knowledge } from '../knowledge.ts';

export type KnowledgePorts = {
  readonly warehouse: Pick<Warehouse, 'facets' | 'titles' | 'get' | 'origins' | 'version'>;
  readonly features: Pick<FeatureStore, 'current' | 'count'>;
};

/** Titles that suggestions are made of. */
const mostTitles = 500;
/** Documents that a style is measured on: more change no figure by much. */
const sampled = 100;

/**
 * What the twin was built from. What has to be counted over all documents is counted again only when the warehouse
 * has changed, for each of the latest audiences once: asking over and over costs next to nothing.
 */
export function openKnowledge({ warehouse, features }: KnowledgePorts): Knowledge {
  const facets = keptByAccess(warehouse, (access) => warehouse.facets(access));
  const titles = keptByAccess(warehouse, (access) => warehouse.titles(mostTitles, access));
  const style = keptByAccess(warehouse, async (access) => {
    const { languages } = await warehouse.facets(access);
    const names = languages.map(({ name }) => name);
    return styleOf(sampleOf(warehouse, sampled, access), names);
  });

  return {
    async overview(access) {
      const [counted, current, origins] = await Promise.all([
        facets(access),
        features.current(),
        warehouse.origins(),
      ]);
      const seen = isLimited(access) ? new Set(counted.origins.map(({ name }) => name)) : null;
      const collected = origins.flatMap(({ link, lastCollectedAt }) =>
        lastCollectedAt !== null && (seen === null || seen.has(link)) ? [lastCollectedAt] : [],
      );
      return {
        documents: counted.documents,
        passages: current ? (await features.count(current.id, access)).chunks : 0,
        authors: counted.authors.map(({ name }) => name),
        sources: counted.sources.length,
        earliest: counted.earliest,
        latest: counted.latest,
        collectedAt: collected.sort().at(-1) ?? null,
      };
    },
    sources: async (access) => (await facets(access)).sources,
    authors: async (access) => (await facets(access)).authors,
    async suggestions(most, access, phrase = aboutTitle) {
      const fitting = [...new Set((await titles(access)).map(({ title }) => title))].filter(
        isTelling,
      );
      return spread(fitting, most).map((title) => (/[?？]$/u.test(title) ? title : phrase(title)));
    },
    style,
  };
}

const aboutTitle = (title: string) => `What is “${title}” about?`;

/** Long enough to say something, short enough for a button. */
const isTelling = (title: string) => title.length >= 8 && title.length <= 70;

const isLimited = (access: Access | undefined) =>
  access !== undefined && Object.values(access).some((field) => field !== undefined);
