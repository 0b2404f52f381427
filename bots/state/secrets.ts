import type { Database } from '../../pipelines/stores/sqlite/database.ts';
import { migrate } from '../../pipelines/stores/sqlite/migrate.ts';
import { bytes } from '../../pipelines/stores/sqlite/row.ts';
import { botsSchema } from './schema.ts';

/** Sealed bytes by name: what they say is known to whoever sealed them, and not to this store. */
export type SealedStore = {
  put(id: string, sealed: Uint8Array): Promise<void>;
  get(id: string): Promise<Uint8Array | undefined>;
  remove(id: string): Promise<void>;
};

export function openSealedStore(database: Database): SealedStore {
  migrate(database, botsSchema);
  return {
    async put(id, sealed) {
      database.run(
        `insert into sealed_secrets (id, sealed) values (?, ?)
         on conflict (id) do update set sealed = excluded.sealed`,
        id,
        sealed,
      );
    },
    async get(id) {
      const row = database.get('select sealed from sealed_secrets where id = ?', id);
      return row && bytes(row, 'sealed');
    },
    async remove(id) {
      database.run('delete from sealed_secrets where id = ?', id);
    },
  };
}
