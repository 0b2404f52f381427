import type { Schema } from '../../pipelines/stores/sqlite/migrate.ts';

export const botsSchema: Schema = {
  component: 'bots',
  steps: [
    `create table turns (
       key integer primary key autoincrement,
       id text not null unique,
       event text not null unique,
       platform text not null,
       thread text not null,
       place text not null,
       asker text not null,
       bot integer not null,
       asked_at integer not null,
       message text,
       asked text not null,
       state text not null check (state in ('running', 'ended', 'merged', 'refused')),
       owner text not null,
       lease_until integer not null,
       location text not null,
       outcome text,
       trace text,
       withdrawn integer not null default 0
     ) strict;
     create index turns_by_thread on turns (thread, key);
     create index turns_by_asker on turns (asker, asked_at);
     create index turns_by_place on turns (place, asked_at);
     create index turns_by_message on turns (place, message) where message is not null;
     create index turns_running on turns (platform, lease_until) where state = 'running';

     create table turn_messages (
       place text not null,
       message text not null,
       turn text not null references turns (id) on delete cascade,
       primary key (place, message)
     ) strict, without rowid;
     create index turn_messages_by_turn on turn_messages (turn);

     create table lanes (
       thread text primary key,
       owner text not null,
       lease_until integer not null
     ) strict, without rowid;

     create table resolved_threads (thread text primary key) strict, without rowid;

     create table channel_settings (
       place text primary key,
       settings text not null
     ) strict, without rowid;

     create table sealed_secrets (
       id text primary key,
       sealed blob not null
     ) strict, without rowid;`,
  ],
};
