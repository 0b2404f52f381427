import type { Schema } from '../sqlite/migrate.ts';

export const headersSchema: Schema = {
  component: 'headers',
  steps: [
    `create table headers (
       recipe text not null,
       document_id text not null,
       content_hash text not null,
       start integer not null,
       "end" integer not null,
       header text not null,
       primary key (recipe, document_id, content_hash, start, "end")
     ) strict, without rowid;
     create index headers_by_document on headers (document_id, content_hash);

     -- Documents that have passages without a header still.
     create table unfinished_headers (
       recipe text not null,
       document_id text not null,
       content_hash text not null,
       missing integer not null,
       attempts integer not null,
       primary key (recipe, document_id)
     ) strict, without rowid;`,
  ],
};
