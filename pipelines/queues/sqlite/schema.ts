import type { Schema } from '../../stores/sqlite/migrate.ts';

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
    `alter table jobs add column job_group text not null default '';
     alter table jobs add column started_at integer;
     alter table jobs add column trace_context text not null default '{}';
     -- How many of its flow are not done yet.
     alter table jobs add column waits_for integer not null default 0;
     create index jobs_in_line on jobs (queue, job_group, run_at, number)
       where state = 'waiting' and waits_for = 0;

     create table job_flows (
       job integer not null references jobs (number) on delete cascade,
       after integer not null references jobs (number) on delete cascade,
       primary key (job, after)
     ) strict, without rowid;
     create index followers on job_flows (after);

     -- When each group's next turn is, in turns; the queue's own clock is the turn that was taken last.
     create table job_turns (
       queue text not null,
       job_group text not null,
       turn integer not null,
       primary key (queue, job_group)
     ) strict, without rowid;
     create table queue_clocks (
       queue text primary key, turn integer not null
     ) strict, without rowid;
     create trigger group_lines_up after insert on jobs when new.state = 'waiting' begin
       insert or ignore into job_turns values (new.queue, new.job_group,
         coalesce((select turn from queue_clocks where queue = new.queue), 0));
     end;
     create trigger group_lines_up_again after update of state on jobs when new.state = 'waiting' begin
       insert or ignore into job_turns values (new.queue, new.job_group,
         coalesce((select turn from queue_clocks where queue = new.queue), 0));
     end;
     insert into job_turns select distinct queue, job_group, 0 from jobs where state = 'waiting';

     create table job_schedules (
       queue text not null,
       key text not null,
       payload text not null,
       every_ms integer not null,
       next_at integer not null,
       primary key (queue, key)
     ) strict, without rowid;`,
  ],
};
