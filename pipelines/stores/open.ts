import { join } from 'node:path';
import { openArtefactDirectory } from './artefacts/directory.ts';
import type { ArtefactStore } from './artefacts/port.ts';
import type { EmbeddingCache } from './embeddings/port.ts';
import { openSqliteEmbeddings } from './embeddings/sqlite.ts';
import type { StoresEnvironment } from './environment.ts';
import type { FeatureStore } from './features/port.ts';
import { openSqliteFeatures } from './features/sqlite/adapter.ts';
import type { HeaderStore } from './headers/port.ts';
import { openSqliteHeaders } from './headers/sqlite.ts';
import type { Mongo } from './mongo/connection.ts';
import type { Registry } from './registry/port.ts';
import { openSqliteRegistry } from './registry/sqlite.ts';
import { type Database, openDatabase } from './sqlite/database.ts';
import type { WarehouseChanges } from './warehouse/changes.ts';
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

export type Stores = EmbeddedStores & {
  /** The connection to MongoDB, for what else lives there; null where it is not named. */
  readonly mongo: Mongo | null;
  /** Tells that something was written to the warehouse: makes work sooner, and never says what it is. */
  readonly changes: WarehouseChanges;
};

export type StoresSettings = StoresEnvironment & {
  readonly home: string;
  /** Told when changes were lost for good, so that everything is compared anew. */
  readonly alarm?: (message: string) => void;
};

/** How often a warehouse that does not tell of its changes is asked, in milliseconds. */
const pollEveryMs = { embedded: 500, mongo: 1_000 };

/**
 * The stores that are named, and the SQLite file for the others. The drivers of servers are loaded only where they
 * are used. When one cannot be opened, those that were are closed again.
 *
 * @throws TransientError for a server that does not answer, PermanentError for one that refuses
 */
export async function openStores(settings: StoresSettings): Promise<Stores> {
  const embedded = openEmbedded(settings.home);
  const opened: { close(): Promise<void> }[] = [embedded];
  const close = async () => {
    for (const store of opened.toReversed()) await store.close();
  };
  try {
    const kept = settings.mongo === null ? null : await openMongoStores(settings.mongo, settings);
    if (kept) opened.push(kept);
    const features = settings.qdrant && (await openQdrantStore(settings.qdrant));
    if (features) opened.push(features);
    const own = kept ?? { mongo: null, changes: await pollEmbedded(embedded) };
    return { ...embedded, ...own, ...(features && { features }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function pollEmbedded({
  warehouse,
}: Pick<EmbeddedStores, 'warehouse'>): Promise<WarehouseChanges> {
  const { pollChanges } = await import('./warehouse/poll-changes.ts');
  return pollChanges(warehouse, { everyMs: pollEveryMs.embedded });
}

async function openQdrantStore(
  settings: NonNullable<StoresEnvironment['qdrant']>,
): Promise<FeatureStore> {
  const { openQdrantFeatures } = await import('./features/qdrant/adapter.ts');
  return await openQdrantFeatures(settings);
}

type MongoStores = Omit<Stores, 'database' | 'features'>;

/** All that MongoDB keeps where it is named. */
async function openMongoStores(
  url: string,
  { alarm = () => undefined }: Pick<StoresSettings, 'alarm'>,
): Promise<MongoStores> {
  const [
    { openMongo },
    { openMongoWarehouse },
    { followMongoChanges },
    { openMongoRegistry },
    { openMongoEmbeddings },
    { openMongoHeaders },
    { openGridfsArtefacts },
  ] = await Promise.all([
    import('./mongo/connection.ts'),
    import('./warehouse/mongo/adapter.ts'),
    import('./warehouse/mongo/changes.ts'),
    import('./registry/mongo.ts'),
    import('./embeddings/mongo.ts'),
    import('./headers/mongo.ts'),
    import('./artefacts/gridfs.ts'),
  ]);
  const mongo = await openMongo(url);
  try {
    const warehouse = await openMongoWarehouse(mongo);
    const follower = { name: 'features', alarm, pollEveryMs: pollEveryMs.mongo };
    return {
      mongo,
      warehouse,
      changes: followMongoChanges(mongo, follower),
      registry: await openMongoRegistry(mongo),
      embeddings: await openMongoEmbeddings(mongo),
      headerStore: await openMongoHeaders(mongo),
      artefacts: await openGridfsArtefacts(mongo),
      async close() {
        await warehouse.close();
        await mongo.close();
      },
    };
  } catch (error) {
    await mongo.close();
    throw error;
  }
}

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
