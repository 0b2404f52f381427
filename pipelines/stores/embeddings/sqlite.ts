import type { Database } from '../sqlite/database.ts';
import { migrate } from '../sqlite/migrate.ts';
import { bytes, number } from '../sqlite/row.ts';
import { checkDimensions } from './dimensions.ts';
import type { CacheBounds, EmbeddingCache, EmbeddingSpace } from './port.ts';
import { embeddingsSchema } from './schema.ts';

const dayMs = 24 * 3_600_000;

/** The cache in the one SQLite file: vectors as their four bytes per number. The caller owns the database. */
export function openSqliteEmbeddings(
  database: Database,
  now: () => number = Date.now,
): EmbeddingCache {
  migrate(database, embeddingsSchema);
  const today = () => Math.floor(now() / dayMs);

  return {
    get: async (space, hashes) => read(database, space, hashes, today()),
    async put(space, vectors) {
      if (vectors.length === 0) return;
      for (const { vector } of vectors) checkDimensions(space, vector);
      database.transaction(() => {
        const key = openSpace(database, space);
        for (const { hash, vector } of vectors) {
          database.run(
            `insert into embeddings (space_key, hash, used_on, vector) values (?, ?, ?, ?)
             on conflict (space_key, hash)
             do update set vector = excluded.vector, used_on = excluded.used_on`,
            key,
            Buffer.from(hash, 'hex'),
            today(),
            new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength),
          );
        }
      });
    },
    prune: async (bounds) => database.transaction(() => prune(database, bounds, now())),
    async retain(hashes) {
      const dropped = database.transaction(() => retain(database, hashes));
      database.scrub();
      return dropped;
    },
    async size() {
      const row = database.get(
        'select count(*) as vectors, coalesce(sum(length(vector)), 0) as bytes from embeddings',
      );
      return { vectors: number(row ?? {}, 'vectors'), bytes: number(row ?? {}, 'bytes') };
    },
  };
}

function read(
  database: Database,
  space: EmbeddingSpace,
  hashes: readonly string[],
  today: number,
): (Float32Array | undefined)[] {
  const spaceKey = findSpace(database, space);
  if (spaceKey === undefined) return hashes.map(() => undefined);
  const stale: number[] = [];
  const found = hashes.map((hash) => {
    const row = database.get(
      'select key, used_on, vector from embeddings where space_key = ? and hash = ?',
      spaceKey,
      Buffer.from(hash, 'hex'),
    );
    if (!row) return undefined;
    if (number(row, 'used_on') < today) stale.push(number(row, 'key'));
    // Copied through bytes: a blob need not lie on a multiple of four.
    return new Float32Array(bytes(row, 'vector').slice().buffer);
  });
  if (stale.length > 0) {
    database.run(
      'update embeddings set used_on = ? where key in (select value from json_each(?))',
      today,
      JSON.stringify(stale),
    );
  }
  return found;
}

function prune(database: Database, { unusedForMs, maxBytes }: CacheBounds, now: number): number {
  let dropped = 0;
  if (unusedForMs !== undefined) {
    const oldest = Math.floor((now - unusedForMs) / dayMs);
    dropped += database.run('delete from embeddings where used_on < ?', oldest);
  }
  if (maxBytes !== undefined) {
    dropped += database.run(
      `delete from embeddings where key in (
         select key from (
           select key, sum(length(vector)) over (order by used_on desc, key desc) as total
           from embeddings
         ) where total > ?
       )`,
      maxBytes,
    );
  }
  dropEmptySpaces(database);
  return dropped;
}

function retain(database: Database, hashes: Iterable<string>): number {
  database.exec('create temp table if not exists retained (hash blob primary key) without rowid');
  database.run('delete from temp.retained');
  for (const hash of hashes) {
    database.run('insert or ignore into temp.retained values (?)', Buffer.from(hash, 'hex'));
  }
  const dropped = database.run(
    'delete from embeddings where hash not in (select hash from temp.retained)',
  );
  database.run('delete from temp.retained');
  dropEmptySpaces(database);
  return dropped;
}

function dropEmptySpaces(database: Database): void {
  database.run('delete from embedding_spaces where key not in (select space_key from embeddings)');
}

function findSpace(database: Database, { model, role }: EmbeddingSpace): number | undefined {
  const row = database.get(
    `select key from embedding_spaces
     where name = ? and revision = ? and dimensions = ? and role = ?`,
    model.name,
    model.revision,
    model.dimensions,
    role,
  );
  return row && number(row, 'key');
}

function openSpace(database: Database, space: EmbeddingSpace): number {
  const known = findSpace(database, space);
  if (known !== undefined) return known;
  const { model, role } = space;
  const row = database.get(
    `insert into embedding_spaces (name, revision, dimensions, role) values (?, ?, ?, ?)
     returning key`,
    model.name,
    model.revision,
    model.dimensions,
    role,
  );
  return number(row ?? {}, 'key');
}
