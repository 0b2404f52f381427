import type { Database } from '../../sqlite/database.ts';
import type { Schema } from '../../sqlite/migrate.ts';

/**
 * The feature store's tables.
 *
 * A document's attributes stand once per document. What ranking and access need of a chunk (`chunks`, a
 * few dozen bytes a row) is kept apart from the passages themselves, so that a filtered search over all
 * chunks touches few pages. Document and chunk keys are never used twice: a new revision gets new ones.
 */
export const featuresSchema: Schema = {
  component: 'features',
  steps: [
    `create table feature_sets (
       key integer primary key autoincrement,
       id text not null unique,
       manifest text not null,
       state text not null check (state in ('building', 'current', 'retired')),
       created_at text not null,
       documents integer not null default 0,
       chunks integer not null default 0,
       -- Grows whenever vectors change: tells a cached matrix that it is stale.
       vector_version integer not null default 0
     ) strict;
     create unique index one_current_set on feature_sets (state) where state = 'current';

     create table feature_pointer (
       only integer primary key check (only = 1),
       previous text
     ) strict;
     insert into feature_pointer values (1, null);

     create table feature_documents (
       key integer primary key autoincrement,
       set_key integer not null references feature_sets (key),
       document_id text not null,
       revision integer not null,
       chunks integer not null,
       author_id text not null, author_name text not null,
       source text not null, platform text not null, kind text not null,
       language text, published_at text,
       link text not null, title text not null, origin text not null
     ) strict;
     create unique index feature_documents_by_id
       on feature_documents (set_key, document_id);
     create index feature_documents_access
       on feature_documents (set_key, origin, source, author_id);

     create table chunks (
       key integer primary key autoincrement,
       document_key integer not null references feature_documents (key),
       ordinal integer not null,
       id text not null unique
     ) strict;
     create unique index chunks_by_document on chunks (document_key, ordinal);

     create table passages (
       chunk_key integer primary key references chunks (key),
       start integer not null, "end" integer not null, tokens integer not null,
       heading_path text not null,
       context text not null,
       body text not null
     ) strict;

     create table vectors (
       chunk_key integer primary key references chunks (key),
       vector blob not null
     ) strict;`,
  ],
};

/** The full-text index of a set. */
export const lexicalTable = (setKey: number) => `lexical_${setKey}`;
export const vocabularyTable = (setKey: number) => `vocabulary_${setKey}`;

/**
 * Contentless: the words are in `passages` already. Not `contentless_delete`, though: there FTS5 (3.53)
 * never takes deleted rows out of its totals, so bm25() drifts with every edit. Deleting by handing
 * the old words back keeps the totals exact, and with `secure-delete` the words really go.
 */
export function createLexicalTable(database: Database, setKey: number): void {
  const table = lexicalTable(setKey);
  database.exec(
    `create virtual table ${table}
       using fts5 (context, body, content='', tokenize='porter unicode61');
     create virtual table ${vocabularyTable(setKey)} using fts5vocab (${table}, row);
     insert into ${table} (${table}, rank) values ('secure-delete', 1);`,
  );
}

export function dropLexicalTable(database: Database, setKey: number): void {
  database.exec(`drop table ${vocabularyTable(setKey)}; drop table ${lexicalTable(setKey)};`);
}
