import { type EmbeddedStores, openEmbedded, openStores, type StoresSettings } from '../open.ts';
import type { Rooms, Side } from './migrate.ts';
import { sqliteExact } from './sqlite.ts';

export const sides = ['sqlite', 'production'] as const;
export type SideName = (typeof sides)[number];

export type Opened = Side & { close(): Promise<void> };

/** The SQLite file of the home, or the servers that the environment names. */
export async function openSide(side: SideName, settings: StoresSettings): Promise<Opened> {
  if (side === 'sqlite') {
    const stores = openEmbedded(settings.home);
    return {
      ...sideOf(`the file ${stores.database.path}`, stores),
      exact: sqliteExact(stores.database),
    };
  }
  const stores = await openStores(settings);
  try {
    const named = [settings.mongo && 'MongoDB', settings.qdrant && 'Qdrant'].filter(Boolean);
    const exact = stores.mongo && (await (await import('./mongo.ts')).mongoExact(stores.mongo));
    return { ...sideOf(named.join(' and '), stores), exact };
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
  { warehouse, features, artefacts, headerStore, close }: EmbeddedStores,
): Omit<Opened, 'exact'> {
  return { name, warehouse, features, artefacts, headerStore, close };
}
