import type { Schema } from '../sqlite/migrate.ts';

/** Days since 1970, so that reading a vector writes at most once a day. */
export const embeddingsSchema: Schema = {
  component: 'embeddings',
  steps: [
    `create table embedding_spaces (
       key integer primary key,
       name text not null,
       revision text not null,
       dimensions integer not null,
       role text not null check (role in ('passage', 'query')),
       unique (name, revision, dimensions, role)
     ) strict;

     create table embeddings (
       key integer primary key,
       space_key integer not null references embedding_spaces (key),
       hash blob not null,
       used_on integer not null,
       vector blob not null,
       unique (space_key, hash)
     ) strict;
     create index embeddings_by_use on embeddings (used_on, key);`,
  ],
};
