import type { Mongo } from '../mongo/connection.ts';
import { type EmbeddedStores, openEmbedded, openStores, type StoresSettings } from '../open.ts';
import type { Database } from '../sqlite/database.ts';
import type { Rooms, Side } from './migrate.ts';
import { sqliteExact } from './sqlite.ts';

export const sides = ['sqlite', 'production'] as const;
export type SideName = (typeof sides)[number];

export type Opened = Side & {
  readonly database: Database;
  readonly mongo: Mongo | null;
  close(): Promise<void>;
};

/** The SQLite file of the home, or the servers that the environment names. */
export async function openSide(side: SideName, settings: StoresSettings): Promise<Opened> {
  if (side === 'sqlite') {
    const stores = openEmbedded(settings.home);
    return {
      ...sideOf(`the file ${stores.database.path}`, stores),
      exact: sqliteExact(stores.database),
      mongo: null,
    };
  }
  const stores = await openStores(settings);
  try {
    const named = [settings.mongo && 'MongoDB', settings.qdrant && 'Qdrant'].filter(Boolean);
    const exact = stores.mongo && (await (await import('./mongo.ts')).mongoExact(stores.mongo));
    return { ...sideOf(named.join(' and '), stores), exact, mongo: stores.mongo };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** What the servers that are named have a room for; the rest stays in the file. */
export const roomsOf = ({ mongo, qdrant }: Pick<StoresSettings, 'mongo' | 'qdrant'>): Rooms => ({
  records: mongo !== null,
  features: qdrant !== null,
});

function sideOf(
  name: string,
  { database, warehouse, features, artefacts, headerStore, close }: EmbeddedStores,
): Omit<Opened, 'exact' | 'mongo'> {
  return { name, database, warehouse, features, artefacts, headerStore, close };
}
