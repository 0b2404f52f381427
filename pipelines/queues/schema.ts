import type { Schema } from '../stores/sqlite/migrate.ts';

/** Times are milliseconds since 1970, so that they compare and add up in SQL. */
export const queuesSchema: Schema = {
  component: 'queues',
  steps: [
    `create table jobs (
       number integer primary key autoincrement,
       id text not null unique,
       queue text not null,
       key text not null,
       payload text not null,
       state text not null check (state in ('waiting', 'running', 'done', 'dead', 'cancelled')),
       attempts integer not null default 0,
       max_attempts integer not null,
       reason text,
       progress real,
       created_at integer not null,
       run_at integer not null,
       finished_at integer,
       -- Who works on it, and until when nobody else may.
       lease text,
       leased_until integer,
       cancel_asked integer not null default 0
     ) strict;
     create unique index one_open_job_per_key on jobs (queue, key)
       where state in ('waiting', 'running');
     create index jobs_to_start on jobs (queue, state, run_at, number);

     create table paused_queues (queue text primary key) strict, without rowid;`,
  ],
};
