import { join } from 'node:path';
import { openArtefactDirectory } from './artefacts/directory.ts';
import type { ArtefactStore } from './artefacts/port.ts';
import type { EmbeddingCache } from './embeddings/port.ts';
import { openSqliteEmbeddings } from './embeddings/sqlite.ts';
import type { FeatureStore } from './features/port.ts';
import { openSqliteFeatures } from './features/sqlite/adapter.ts';
import type { HeaderStore } from './headers/port.ts';
import { openSqliteHeaders } from './headers/sqlite.ts';
import type { Registry } from './registry/port.ts';
import { openSqliteRegistry } from './registry/sqlite.ts';
import { type Database, openDatabase } from './sqlite/database.ts';
import type { Warehouse } from './warehouse/port.ts';
import { openSqliteWarehouse } from './warehouse/sqlite.ts';

export type EmbeddedStores = {
  /** For what else lives in the same file: queues, the trace log. */
  readonly database: Database;
  readonly warehouse: Warehouse;
  readonly features: FeatureStore;
  readonly artefacts: ArtefactStore;
  readonly registry: Registry;
  /** Vectors that were computed before. */
  readonly embeddings: EmbeddingCache;
  /** What a model wrote above passages. */
  readonly headerStore: HeaderStore;
  close(): Promise<void>;
};

/** The embedded default: one SQLite file and one folder of artefacts under `home`. */
export function openEmbedded(home: string): EmbeddedStores {
  const database = openDatabase(home);
  try {
    const warehouse = openSqliteWarehouse(database);
    const features = openSqliteFeatures(database);
    const registry = openSqliteRegistry(database);
    const embeddings = openSqliteEmbeddings(database);
    const headerStore = openSqliteHeaders(database);
    const artefacts = openArtefactDirectory(join(home, 'artefacts'));
    const close = async () => {
      await features.close();
      await warehouse.close();
      database.close();
    };
    const caches = { embeddings, headerStore };
    return { database, warehouse, features, artefacts, registry, ...caches, close };
  } catch (error) {
    database.close();
    throw error;
  }
}
