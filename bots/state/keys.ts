import type { Database } from '../../pipelines/stores/sqlite/database.ts';
import { migrate, type Schema } from '../../pipelines/stores/sqlite/migrate.ts';
import { json, type Row, text, textOrNull } from '../../pipelines/stores/sqlite/row.ts';
import { accessSchema, scopesSchema } from './key-schema.ts';
import type { ApiKey, ApiKeys } from './port.ts';

const keysSchema: Schema = {
  component: 'api-keys',
  steps: [
    `create table api_keys (
       id text primary key,
       name text not null,
       hash text not null unique,
       scopes text not null,
       access text not null,
       created_at text not null,
       last_used_on text,
       expires_at text,
       revoked_at text
     ) strict, without rowid;
     create unique index api_keys_by_name on api_keys (name) where revoked_at is null;`,
  ],
};

/** The API's keys in the one SQLite file. */
export function openApiKeys(database: Database): ApiKeys {
  migrate(database, keysSchema);
  return {
    async add({ id, name, hash, scopes, access, createdAt, expiresAt }) {
      const added = database.run(
        `insert into api_keys (id, name, hash, scopes, access, created_at, expires_at)
         values (?, ?, ?, ?, ?, ?, ?)
         on conflict (name) where revoked_at is null do nothing`,
        id,
        name,
        hash,
        JSON.stringify(scopes),
        JSON.stringify(access),
        createdAt,
        expiresAt,
      );
      return added > 0;
    },
    async find(hash) {
      // Found by walking a tree of hashes: how long that takes tells nothing of a secret, as nobody can choose what
      // a guess hashes to.
      const row = database.get('select * from api_keys where hash = ?', hash);
      return row && keyOf(row);
    },
    async list() {
      return database.all('select * from api_keys order by name, created_at, id').map(keyOf);
    },
    async revoke(nameOrId, at) {
      const revoked = database.run(
        'update api_keys set revoked_at = ?2 where (name = ?1 or id = ?1) and revoked_at is null',
        nameOrId,
        at,
      );
      return revoked > 0;
    },
    async used(id, day) {
      database.run(
        `update api_keys set last_used_on = ?2
         where id = ?1 and (last_used_on is null or last_used_on < ?2)`,
        id,
        day,
      );
    },
  };
}

export const keyOf = (row: Row): ApiKey => ({
  id: text(row, 'id'),
  name: text(row, 'name'),
  scopes: json(row, 'scopes', (value) => scopesSchema.parse(value)),
  access: json(row, 'access', (value) => accessSchema.parse(value)),
  createdAt: text(row, 'created_at'),
  lastUsedOn: textOrNull(row, 'last_used_on'),
  expiresAt: textOrNull(row, 'expires_at'),
  revokedAt: textOrNull(row, 'revoked_at'),
});
