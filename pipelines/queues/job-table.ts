import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../stores/sqlite/database.ts';
import {
  json,
  number,
  numberOrNull,
  type Row,
  text,
  textOrNull,
  word,
} from '../stores/sqlite/row.ts';
import type { EnqueueOptions, Job, JobPayload, QueueName } from './port.ts';
import { jobStates, queueNames } from './port.ts';

/** A job in the hands of one worker: every later write names the lease, so a late one changes nothing. */
export type Claimed = { readonly job: Job; readonly lease: string };

/** What becomes of a job when its handler has ended. */
export type Ending =
  | { readonly state: 'done' | 'cancelled' }
  | { readonly state: 'dead'; readonly reason: string }
  | { readonly state: 'waiting'; readonly reason: string; readonly delayMs: number }
  /** A shutdown interrupted it: it keeps its place, and the start does not count. */
  | { readonly state: 'interrupted' };

const payloadOf = z.record(z.string(), z.unknown()).parse;
const vanished = 'its worker vanished';

export function insertJob(
  database: Database,
  queue: QueueName,
  key: string,
  payload: JobPayload,
  { delayMs = 0, maxAttempts = 5 }: EnqueueOptions,
): { readonly job: Job; readonly created: boolean } {
  return database.transaction(() => {
    const open = database.get(
      `select * from jobs where queue = ? and key = ? and state in ('waiting', 'running')`,
      queue,
      key,
    );
    if (open) return { job: jobOf(open), created: false };
    const now = Date.now();
    const row = database.get(
      `insert into jobs (id, queue, key, payload, state, max_attempts, created_at, run_at)
       values (?, ?, ?, ?, 'waiting', ?, ?, ?) returning *`,
      randomUUID(),
      queue,
      key,
      JSON.stringify(payload),
      Math.max(1, Math.floor(maxAttempts)),
      now,
      now + Math.max(0, delayMs),
    );
    return { job: jobOf(row ?? {}), created: true };
  });
}

/** Takes the next due job of the queue, or nothing when there is none or the queue is paused. */
export function claim(database: Database, queue: QueueName, leaseMs: number): Claimed | undefined {
  const now = Date.now();
  // A look without the write lock first: idle workers must not hinder those who write.
  const work = database.get(
    `select 1 from jobs where queue = ?1 and ((state = 'waiting' and run_at <= ?2)
       or (state = 'running' and leased_until < ?2)) limit 1`,
    queue,
    now,
  );
  if (!work) return undefined;
  return database.transaction(() => {
    releaseExpired(database, queue, now);
    if (database.get('select 1 from paused_queues where queue = ?', queue)) return undefined;
    const lease = randomUUID();
    const row = database.get(
      `update jobs set state = 'running', attempts = attempts + 1, lease = ?, leased_until = ?,
         progress = null
       where number = (select number from jobs where queue = ? and state = 'waiting' and run_at <= ?
         order by run_at, number limit 1)
       returning *`,
      lease,
      now + leaseMs,
      queue,
      now,
    );
    return row && { job: jobOf(row), lease };
  });
}

/** Jobs whose workers no longer renew their leases go back in line, unless they were tried too often. */
function releaseExpired(database: Database, queue: QueueName, now: number): void {
  database.run(
    `update jobs set lease = null, leased_until = null,
       state = case when cancel_asked then 'cancelled'
         when attempts >= max_attempts then 'dead' else 'waiting' end,
       reason = case when cancel_asked then reason else '${vanished}' end,
       finished_at = case when cancel_asked or attempts >= max_attempts then ?2 end
     where queue = ?1 and state = 'running' and leased_until < ?2`,
    queue,
    now,
  );
}

/** Renews the lease. `lost` when somebody else has the job by now, or nobody. */
export function heartbeat(
  database: Database,
  { job, lease }: Claimed,
  leaseMs: number,
): 'kept' | 'cancelled' | 'lost' {
  const row = database.get(
    `update jobs set leased_until = ? where id = ? and lease = ? and state = 'running'
     returning cancel_asked`,
    Date.now() + leaseMs,
    job.id,
    lease,
  );
  if (!row) return 'lost';
  return number(row, 'cancel_asked') === 0 ? 'kept' : 'cancelled';
}

export function noteProgress(database: Database, { job, lease }: Claimed, fraction: number): void {
  database.run(
    'update jobs set progress = ? where id = ? and lease = ?',
    Math.max(0, Math.min(1, fraction)),
    job.id,
    lease,
  );
}

export function finish(database: Database, { job, lease }: Claimed, ending: Ending): void {
  const now = Date.now();
  const interrupted = ending.state === 'interrupted';
  const state = interrupted ? 'waiting' : ending.state;
  database.run(
    `update jobs set state = case when cancel_asked then 'cancelled' else ?1 end,
       reason = coalesce(?2, reason), run_at = max(run_at, ?3), attempts = attempts - ?4,
       finished_at = case when cancel_asked or ?1 <> 'waiting' then ?5 end,
       progress = case when ?1 = 'done' then 1.0 else progress end,
       lease = null, leased_until = null
     where id = ?6 and lease = ?7 and state = 'running'`,
    state,
    'reason' in ending ? ending.reason : null,
    'delayMs' in ending ? now + ending.delayMs : 0,
    interrupted ? 1 : 0,
    now,
    job.id,
    lease,
  );
}

export function jobOf(row: Row): Job {
  const finishedAt = numberOrNull(row, 'finished_at');
  return {
    id: text(row, 'id'),
    queue: word(row, 'queue', queueNames),
    key: text(row, 'key'),
    payload: json(row, 'payload', payloadOf),
    state: word(row, 'state', jobStates),
    attempts: number(row, 'attempts'),
    maxAttempts: number(row, 'max_attempts'),
    reason: textOrNull(row, 'reason'),
    progress: numberOrNull(row, 'progress'),
    createdAt: new Date(number(row, 'created_at')).toISOString(),
    runAt: new Date(number(row, 'run_at')).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
  };
}
