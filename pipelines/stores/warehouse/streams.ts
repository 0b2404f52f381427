import type { Database } from '../sqlite/database.ts';
import { number, text, word } from '../sqlite/row.ts';
import type { Document } from './document.ts';
import type { Head } from './port.ts';
import { documentOf } from './rows.ts';

/** Documents can be megabytes each, heads are a few dozen bytes. */
const documentsPerPage = 16;
const headsPerPage = 1_000;

/** Page by page after the last id seen: no statement stays open while the reader works. */
export async function* documents(
  database: Database,
  { origin, author }: { readonly origin?: string; readonly author?: string },
): AsyncIterable<Document> {
  let after = '';
  for (;;) {
    const rows = database.all(
      `select * from documents
       where state = 'live' and id > ?1 and (?2 is null or origin = ?2)
         and (?3 is null or author_id = ?3)
       order by id limit ?4`,
      after,
      origin ?? null,
      author ?? null,
      documentsPerPage,
    );
    for (const row of rows) {
      const document = documentOf(row);
      after = document.id;
      yield document;
    }
    if (rows.length < documentsPerPage) return;
  }
}

export async function* heads(
  database: Database,
  { origin }: { readonly origin?: string },
): AsyncIterable<Head> {
  const where = origin === undefined ? 'id > ?' : 'id > ? and origin = ?';
  const filter = origin === undefined ? [] : [origin];
  let after = '';
  for (;;) {
    const rows = database.all(
      `select id, revision, state from documents where ${where} order by id limit ${headsPerPage}`,
      after,
      ...filter,
    );
    for (const row of rows) {
      const state = word(row, 'state', ['live', 'tombstone']);
      after = text(row, 'id');
      yield { id: after, revision: number(row, 'revision'), state };
    }
    if (rows.length < headsPerPage) return;
  }
}
