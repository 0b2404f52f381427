import type { Schema } from '../sqlite/migrate.ts';

/** Releases and the ledger of their moves. The triggers keep the promise that nothing is rewritten. */
export const registrySchema: Schema = {
  component: 'registry',
  steps: [
    `create table releases (
       id text primary key,
       twin text not null,
       spec text not null,
       created_at text not null
     ) strict, without rowid;

     create table moves (
       twin text not null,
       sequence integer not null,
       release text not null references releases (id),
       "from" text, "to" text not null,
       mover text not null,
       at text not null,
       primary key (twin, sequence)
     ) strict, without rowid;
     create index moves_by_release on moves (release, sequence);

     create trigger moves_stay before update on moves
       begin select raise(abort, 'the ledger is append-only'); end;
     create trigger moves_remain before delete on moves
       begin select raise(abort, 'the ledger is append-only'); end;`,
  ],
};
