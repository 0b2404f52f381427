import type { Schema } from '../../pipelines/stores/sqlite/migrate.ts';

/** A trace is one row of JSON; what it is looked up by stands in columns. */
export const traceLogSchema: Schema = {
  component: 'trace-log',
  steps: [
    `create table traces (
       key integer primary key autoincrement,
       id text not null unique,
       thread text not null,
       started_at text not null,
       trace text not null
     ) strict;
     create index traces_by_thread on traces (thread, key);

     create table feedback (
       trace text not null references traces (id) on delete cascade,
       giver text not null,
       value text not null check (value in ('up', 'down')),
       reason text,
       at text not null,
       primary key (trace, giver)
     ) strict, without rowid;`,
  ],
};
