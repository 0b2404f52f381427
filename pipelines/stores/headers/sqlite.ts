import type { Database } from '../sqlite/database.ts';
import { migrate } from '../sqlite/migrate.ts';
import { number, text } from '../sqlite/row.ts';
import type { HeaderStore } from './port.ts';
import { headersSchema } from './schema.ts';

/** Headers in the one SQLite file. The caller owns the database. */
export function openSqliteHeaders(database: Database): HeaderStore {
  migrate(database, headersSchema);

  return {
    async get(recipe, { id, contentHash }) {
      const rows = database.all(
        `select start, "end", header from headers
         where recipe = ? and document_id = ? and content_hash = ? order by start, "end"`,
        recipe,
        id,
        contentHash,
      );
      return rows.map((row) => ({
        start: number(row, 'start'),
        end: number(row, 'end'),
        text: text(row, 'header'),
      }));
    },
    async put(recipe, { id, contentHash }, headers) {
      const former = database.get(
        'select 1 from headers where document_id = ? and content_hash <> ? limit 1',
        id,
        contentHash,
      );
      // Nothing to do, and so no reason to wait for whoever is writing.
      if (!former && headers.length === 0) return;
      database.transaction(() => {
        database.run(
          'delete from headers where document_id = ? and content_hash <> ?',
          id,
          contentHash,
        );
        for (const { start, end, text: header } of headers) {
          database.run(
            'insert or replace into headers values (?, ?, ?, ?, ?, ?)',
            recipe,
            id,
            contentHash,
            start,
            end,
            header,
          );
        }
      });
    },
    async noteAttempt(recipe, { id, contentHash }, { missing, counts }) {
      if (missing === 0) {
        const noted = database.get(
          'select 1 from unfinished_headers where recipe = ? and document_id = ?',
          recipe,
          id,
        );
        if (!noted) return;
        database.run(
          'delete from unfinished_headers where recipe = ? and document_id = ?',
          recipe,
          id,
        );
        return;
      }
      database.run(
        `insert into unfinished_headers values (?, ?, ?, ?, ?)
         on conflict (recipe, document_id) do update set
           missing = excluded.missing,
           attempts = excluded.attempts +
             case when content_hash = excluded.content_hash then attempts else 0 end,
           content_hash = excluded.content_hash`,
        recipe,
        id,
        contentHash,
        missing,
        counts ? 1 : 0,
      );
    },
    async unfinished(recipe, attempts) {
      const rows = database.all(
        `select document_id from unfinished_headers
         where recipe = ? and attempts < ? order by document_id`,
        recipe,
        attempts,
      );
      return rows.map((row) => text(row, 'document_id'));
    },
    remove: async (documentId) => database.transaction(() => remove(database, documentId)),
    async forget(documentIds) {
      database.transaction(() => {
        for (const id of documentIds) remove(database, id);
      });
      database.scrub();
    },
  };
}

function remove(database: Database, documentId: string): void {
  database.run('delete from headers where document_id = ?', documentId);
  database.run('delete from unfinished_headers where document_id = ?', documentId);
}
