import type { Schema } from '../sqlite/migrate.ts';

/** The warehouse's tables. A tombstone is a row whose writing is gone: all its columns are null. */
export const warehouseSchema: Schema = {
  component: 'warehouse',
  steps: [
    `create table documents (
       key integer primary key,
       id text not null unique,
       revision integer not null,
       state text not null check (state in ('live', 'tombstone')),
       origin text not null,
       content_hash text,
       kind text, platform text, source text,
       author_id text, author_name text,
       link text, title text, published_at text, language text,
       collected_at text, extras text,
       content text
     ) strict;
     create index documents_by_origin on documents (origin, id, revision, state);
     create index documents_by_time on documents (published_at, id) where state = 'live';
     create index documents_heads on documents (id, revision, state);

     create table forgotten (hash text primary key) strict, without rowid;

     create table origins (
       link text primary key,
       crawler text not null,
       added_at text not null,
       last_collected_at text,
       last_outcome text not null
     ) strict, without rowid;

     create table fetch_memory (
       link text primary key,
       etag text, last_modified text, fingerprint text, document_id text
     ) strict, without rowid;
     create index fetch_memory_by_document on fetch_memory (document_id);

     create table warehouse_version (version integer not null) strict;
     insert into warehouse_version values (0);`,
    // Counting by facet looks at every document; in here, unlike in the table, no content lies between them.
    `create index documents_facets on documents
       (source, origin, author_id, author_name, platform, kind, language, published_at, collected_at)
       where state = 'live';`,
  ],
};
