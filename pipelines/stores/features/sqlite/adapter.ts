import type { Database } from '../../sqlite/database.ts';
import { migrate } from '../../sqlite/migrate.ts';
import { searchBothArms } from '../hybrid.ts';
import { contextWeight } from '../lexical.ts';
import type { FeatureStore } from '../port.ts';
import { searchDense } from './dense-search.ts';
import type { KeptSets } from './kept.ts';
import { type ColumnWeights, searchLexical } from './lexical-search.ts';
import type { MatrixCache } from './matrix.ts';
import {
  chunksById,
  counts,
  documentChunks,
  documentFeatures,
  neighbours,
  revisions,
} from './read.ts';
import { featuresSchema } from './schema.ts';
import { allSets, createSet, currentSet, dropSet, previousSet, switchTo } from './sets.ts';
import { lexicalStatistics } from './statistics.ts';
import { putDocument, removeDocument } from './write.ts';

/** The feature store in the one SQLite file. The caller owns the database. */
export function openSqliteFeatures(
  database: Database,
  weights: ColumnWeights = { context: contextWeight, body: 1 },
): FeatureStore {
  migrate(database, featuresSchema);
  const matrices: MatrixCache = new Map();
  const kept: KeptSets = new Map();

  const store: FeatureStore = {
    createSet: async (manifest) => createSet(database, manifest),
    sets: async () => allSets(database),
    current: async () => currentSet(database),
    switchTo: async (id, expected) => switchTo(database, id, expected),
    previous: async () => previousSet(database),
    async dropSet(id) {
      dropSet(database, id);
      // The next set may be given the same key.
      matrices.clear();
      kept.clear();
    },

    putDocument: async (set, features) => putDocument(database, set, features),
    removeDocument: async (set, documentId) => removeDocument(database, set, documentId),
    async forget(documentIds) {
      database.transaction(() => {
        for (const set of allSets(database)) {
          for (const documentId of documentIds) removeDocument(database, set.id, documentId);
        }
      });
      matrices.clear();
      kept.clear();
      database.scrub();
    },
    revisions: (set) => revisions(database, set),

    searchLexical: async (set, terms, options) =>
      searchLexical(database, kept, set, terms, options, weights),
    searchDense: async (set, vector, options) =>
      searchDense(database, { matrices, kept }, set, vector, options),
    searchHybrid: (set, query, options) => searchBothArms(store, set, query, options),
    lexicalStatistics: async (set, stems) =>
      database.snapshot(() => lexicalStatistics(database, kept, set, stems)),
    count: async (set, access) => database.snapshot(() => counts(database, set, access)),
    chunks: async (set, ids, access) => chunksById(database, set, ids, access),
    neighbours: async (set, documentId, from, to) =>
      neighbours(database, set, documentId, from, to),
    documentChunks: (set, documentId) => documentChunks(database, set, documentId),
    documentFeatures: async (set, documentId) =>
      database.snapshot(() => documentFeatures(database, set, documentId)),

    async close() {
      matrices.clear();
      kept.clear();
    },
  };
  return store;
}
