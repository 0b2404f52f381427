import type { Access } from '../../stores/features/port.ts';
import {
  type Facets,
  keptByAccess,
  type TitledDocument,
  type Warehouse,
} from '../../stores/warehouse/port.ts';
import { type Gazetteer, gazetteerOf } from './gazetteer.ts';

/** What a question can name, as the warehouse holds it now for whoever asks. */
export type Vocabulary = {
  readonly facets: Facets;
  readonly gazetteer: Gazetteer;
  /** Languages of the corpus, BCP 47. */
  readonly languages: readonly string[];
  /** Newest first. */
  readonly titles: readonly TitledDocument[];
};

/** Titles that "before the outage post" is looked up in. */
const mostTitles = 2_000;

/**
 * Reads the vocabulary of an audience, and keeps it for as long as the warehouse's version stays the same. A
 * name that only hidden documents carry is not in it: to understand it would be to admit that it is there.
 */
export function vocabularyReader(
  warehouse: Pick<Warehouse, 'facets' | 'titles' | 'version'>,
): (access?: Access) => Promise<Vocabulary> {
  return keptByAccess(warehouse, async (access) => {
    const [facets, titles] = await Promise.all([
      warehouse.facets(access),
      warehouse.titles(mostTitles, access),
    ]);
    return {
      facets,
      gazetteer: gazetteerOf(facets),
      languages: facets.languages.map(({ name }) => name),
      titles,
    };
  });
}
