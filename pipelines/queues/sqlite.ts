import type { Database } from '../stores/sqlite/database.ts';
import { migrate } from '../stores/sqlite/migrate.ts';
import { number, text, word } from '../stores/sqlite/row.ts';
import { cancelled } from './ending.ts';
import { jobStates, type Queues } from './port.ts';
import { createBell } from './sqlite/bell.ts';
import { insertFlow, insertJob, tellFollowers } from './sqlite/enqueue.ts';
import { jobOf } from './sqlite/row.ts';
import { enqueueScheduled, listSchedules, putSchedule } from './sqlite/schedules.ts';
import { queuesSchema } from './sqlite/schema.ts';
import { type Worker, workQueue } from './sqlite/worker.ts';
import { defaultTiming, type QueueTiming } from './timing.ts';

/** Queues as a job table in the one SQLite file, for several processes. `close` ends its own workers. */
export function openSqliteQueues(database: Database, timing: Partial<QueueTiming> = {}): Queues {
  migrate(database, queuesSchema);
  const bell = createBell();
  const worker: Worker = {
    database,
    bell,
    timing: { ...defaultTiming, ...timing },
    running: new Map(),
  };
  const closing = new AbortController();
  const working = new Set<Promise<void>>();

  const retry = (id: string): boolean => {
    // Not when another job of its key is open by now: that one does the work.
    const changed = database.run(
      `update or ignore jobs set state = 'waiting', attempts = 0, run_at = ?, started_at = null,
         finished_at = null, progress = null, cancel_asked = 0, waits_for = 0
       where id = ? and state in ('dead', 'cancelled')`,
      Date.now(),
      id,
    );
    return changed > 0;
  };

  return {
    async enqueue(queue, key, payload, options = {}) {
      const result = insertJob(database, queue, key, payload, options);
      if (result.created) bell.ring();
      return result;
    },
    async enqueueFlow(flow) {
      const result = insertFlow(database, flow);
      if (result.created) bell.ring();
      return result;
    },
    work(queue, handler, options) {
      const signal = AbortSignal.any([options.signal, closing.signal]);
      const work = workQueue(worker, queue, handler, { ...options, signal });
      const done = work.then(
        () => undefined,
        () => undefined,
      );
      working.add(done);
      void done.then(() => working.delete(done));
      return work;
    },

    async schedule(schedule) {
      putSchedule(database, schedule);
      if (enqueueScheduled(database, schedule.queue) > 0) bell.ring();
    },
    async unschedule(queue, key) {
      return database.run('delete from job_schedules where queue = ? and key = ?', queue, key) > 0;
    },
    async schedules() {
      return listSchedules(database);
    },

    async job(id) {
      const row = database.get('select * from jobs where id = ?', id);
      return row && jobOf(row);
    },
    async jobs({ queue, state } = {}) {
      const rows = database.all(
        `select * from jobs where (?1 is null or queue = ?1) and (?2 is null or state = ?2)
         order by run_at, number`,
        queue ?? null,
        state ?? null,
      );
      return rows.map(jobOf);
    },
    async counts(queue) {
      const counts = { waiting: 0, running: 0, done: 0, dead: 0, cancelled: 0 };
      const rows = database.all(
        'select state, count(*) as jobs from jobs where queue = ? group by state',
        queue,
      );
      for (const row of rows) counts[word(row, 'state', jobStates)] = number(row, 'jobs');
      return counts;
    },
    async oldestDue(queue) {
      const now = Date.now();
      const row = database.get(
        `select run_at from jobs where queue = ? and state = 'waiting' and waits_for = 0
         and run_at <= ? order by run_at limit 1`,
        queue,
        now,
      );
      return row ? now - number(row, 'run_at') : null;
    },

    async retry(id) {
      const changed = retry(id);
      if (changed) bell.ring();
      return changed;
    },
    async retryAll(queue) {
      const changed = database.transaction(() => {
        const dead = database.all(
          `select id from jobs where queue = ? and state = 'dead' order by run_at, number`,
          queue,
        );
        return dead.filter((row) => retry(text(row, 'id'))).length;
      });
      if (changed > 0) bell.ring();
      return changed;
    },
    async cancel(id) {
      const changed = database.transaction(() => {
        const rows = database.run(
          `update jobs set cancel_asked = 1, waits_for = 0,
             reason = case state when 'waiting' then '${cancelled}' else reason end,
             finished_at = case state when 'waiting' then ? end,
             state = case state when 'waiting' then 'cancelled' else state end
           where id = ? and state in ('waiting', 'running')`,
          Date.now(),
          id,
        );
        tellFollowers(database, id);
        return rows;
      });
      // In this process at once; in others with their next heartbeat.
      worker.running.get(id)?.abort(new Error(cancelled));
      return changed > 0;
    },
    async pause(queue) {
      database.run('insert or ignore into paused_queues values (?)', queue);
    },
    async resume(queue) {
      database.run('delete from paused_queues where queue = ?', queue);
      bell.ring();
    },
    async paused(queue) {
      return database.get('select 1 from paused_queues where queue = ?', queue) !== undefined;
    },
    async close() {
      closing.abort();
      await Promise.all(working);
    },
  };
}
