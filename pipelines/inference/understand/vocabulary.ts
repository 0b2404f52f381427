import type { TitledDocument, Warehouse } from '../../stores/warehouse/port.ts';
import { type Gazetteer, gazetteerOf } from './gazetteer.ts';

/** What a question can name, as the warehouse holds it now. */
export type Vocabulary = {
  readonly gazetteer: Gazetteer;
  /** Languages of the corpus, BCP 47. */
  readonly languages: readonly string[];
  /** Newest first. */
  readonly titles: readonly TitledDocument[];
};

/** Titles that "before the outage post" is looked up in. */
const mostTitles = 2_000;

/** Reads the vocabulary, and keeps it for as long as the warehouse's version stays the same. */
export function vocabularyReader(
  warehouse: Pick<Warehouse, 'facets' | 'titles' | 'version'>,
): () => Promise<Vocabulary> {
  let known: { readonly version: number; readonly vocabulary: Vocabulary } | undefined;
  return async () => {
    const version = await warehouse.version();
    if (known?.version === version) return known.vocabulary;
    const [facets, titles] = await Promise.all([warehouse.facets(), warehouse.titles(mostTitles)]);
    const vocabulary: Vocabulary = {
      gazetteer: gazetteerOf(facets),
      languages: facets.languages.map(({ name }) => name),
      titles,
    };
    known = { version, vocabulary };
    return vocabulary;
  };
}
