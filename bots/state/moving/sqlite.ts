import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../../pipelines/stores/identity.ts';
import { compareIds, digestOf, type Mark } from '../../../pipelines/stores/migration/part.ts';
import type { Database } from '../../../pipelines/stores/sqlite/database.ts';
import { bytes, type Row, text } from '../../../pipelines/stores/sqlite/row.ts';
import { keyOf, openApiKeys } from '../keys.ts';
import { openSealedStore } from '../secrets.ts';
import { type BotsParts, pseudonymId } from './parts.ts';

/** What the bots keep in a home. */
export function sqliteBotsParts(database: Database, home: string): BotsParts {
  // They make their tables.
  openApiKeys(database);
  openSealedStore(database);
  const one = (table: string, key: string, id: string) =>
    database.get(`select * from ${table} where ${key} = ?`, id);
  const path = join(home, 'pseudonym.key');
  return {
    keys: {
      marks: () => marksOf(database, 'api_keys', 'id', (row) => digestOf(moved(row))),
      async read(id) {
        const row = one('api_keys', 'id', id);
        return row && moved(row);
      },
      async write(id, { name, hash, scopes, access, createdAt, lastUsedOn, expiresAt, revokedAt }) {
        database.run(
          `insert or replace into api_keys
             (id, name, hash, scopes, access, created_at, last_used_on, expires_at, revoked_at)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[id, name, hash, JSON.stringify(scopes), JSON.stringify(access)],
          ...[createdAt, lastUsedOn, expiresAt, revokedAt],
        );
      },
    },
    sealed: {
      marks: () => marksOf(database, 'sealed_secrets', 'id', (row) => sha256(bytes(row, 'sealed'))),
      async read(id) {
        const row = one('sealed_secrets', 'id', id);
        return row && Buffer.from(bytes(row, 'sealed')).toString('base64');
      },
      async write(id, sealed) {
        const content = Buffer.from(sealed, 'base64');
        database.run('insert or replace into sealed_secrets values (?, ?)', id, content);
      },
      async remove(id) {
        database.run('delete from sealed_secrets where id = ?', id);
      },
    },
    settings: {
      marks: () =>
        marksOf(database, 'channel_settings', 'place', (row) => sha256(text(row, 'settings'))),
      async read(place) {
        const row = one('channel_settings', 'place', place);
        return row && text(row, 'settings');
      },
      async write(place, settings) {
        database.run('insert or replace into channel_settings values (?, ?)', place, settings);
      },
      async remove(place) {
        database.run('delete from channel_settings where place = ?', place);
      },
    },
    pseudonymKey: {
      async *marks() {
        const key = keyIn(path);
        if (key) yield { id: pseudonymId, digest: sha256(key) };
      },
      read: async () => keyIn(path)?.toString('base64'),
      async write(_, key) {
        writeFileSync(path, Buffer.from(key, 'base64'), { mode: 0o600 });
      },
      // One that was made here before anything came: nobody goes by it.
      remove: async () => undefined,
    },
  };
}

const moved = (row: Row) => ({ ...keyOf(row), hash: text(row, 'hash') });

async function* marksOf(
  database: Database,
  table: string,
  key: string,
  digest: (row: Row) => string,
): AsyncIterable<Mark> {
  const rows = database.all(`select * from ${table}`);
  const marks = rows.map((row) => ({ id: text(row, key), digest: digest(row) }));
  yield* marks.sort((a, b) => compareIds(a.id, b.id));
}

function keyIn(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
