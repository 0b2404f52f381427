import type { Database } from '../stores/sqlite/database.ts';
import { migrate } from '../stores/sqlite/migrate.ts';
import { number, word } from '../stores/sqlite/row.ts';
import { createBell } from './bell.ts';
import { insertJob, jobOf } from './job-table.ts';
import { jobStates, type Queues } from './port.ts';
import { queuesSchema } from './schema.ts';
import { type QueueTiming, type Worker, workQueue } from './worker.ts';

const defaultTiming: QueueTiming = {
  leaseMs: 30_000,
  heartbeatMs: 2_000,
  pollMs: 250,
  backoffMs: 1_000,
};

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

  return {
    async enqueue(queue, key, payload, options = {}) {
      const result = insertJob(database, queue, key, payload, options);
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

    async retry(id) {
      // Not when another job of its key is open by now: that one does the work.
      const changed = database.run(
        `update or ignore jobs set state = 'waiting', attempts = 0, run_at = ?, finished_at = null,
           progress = null, cancel_asked = 0
         where id = ? and state in ('dead', 'cancelled')`,
        Date.now(),
        id,
      );
      if (changed > 0) bell.ring();
      return changed > 0;
    },
    async cancel(id) {
      const now = Date.now();
      const changed = database.run(
        `update jobs set cancel_asked = 1,
           finished_at = case state when 'waiting' then ? end,
           state = case state when 'waiting' then 'cancelled' else state end
         where id = ? and state in ('waiting', 'running')`,
        now,
        id,
      );
      // In this process at once; in others with their next heartbeat.
      worker.running.get(id)?.abort(new Error('The job was cancelled.'));
      return changed > 0;
    },
    async pause(queue) {
      database.run('insert or ignore into paused_queues values (?)', queue);
    },
    async resume(queue) {
      database.run('delete from paused_queues where queue = ?', queue);
      bell.ring();
    },
    async close() {
      closing.abort();
      await Promise.all(working);
    },
  };
}
