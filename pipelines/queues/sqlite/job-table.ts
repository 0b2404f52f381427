import { randomUUID } from 'node:crypto';
import type { Database } from '../../stores/sqlite/database.ts';
import { json, number, text } from '../../stores/sqlite/row.ts';
import { cancelled, type Ending, vanished } from '../ending.ts';
import type { Job, QueueName } from '../port.ts';
import type { Carrier } from '../trace-context.ts';
import { tellFollowers } from './enqueue.ts';
import { carrierOf, jobOf } from './row.ts';

/** A job in the hands of one worker: every later write names the lease, so a late one changes nothing. */
export type Claimed = { readonly job: Job; readonly lease: string; readonly carrier: Carrier };

/** Takes the next due job of the queue, or nothing when there is none or the queue is paused. */
export function claim(database: Database, queue: QueueName, leaseMs: number): Claimed | undefined {
  const now = Date.now();
  // A look without the write lock first: idle workers must not hinder those who write.
  const work = database.get(
    `select 1 from jobs where queue = ?1 and ((state = 'waiting' and run_at <= ?2 and waits_for = 0)
       or (state = 'running' and leased_until < ?2)) limit 1`,
    queue,
    now,
  );
  if (!work) return undefined;
  return database.transaction(() => {
    releaseExpired(database, queue, now);
    if (database.get('select 1 from paused_queues where queue = ?', queue)) return undefined;
    const next = takeTurn(database, queue, now);
    if (next === undefined) return undefined;
    const lease = randomUUID();
    const row = database.get(
      `update jobs set state = 'running', attempts = attempts + 1, lease = ?, leased_until = ?,
         started_at = ?, progress = null
       where number = ? returning *`,
      lease,
      now + leaseMs,
      now,
      next,
    );
    return row && { job: jobOf(row), lease, carrier: json(row, 'trace_context', carrierOf) };
  });
}

/**
 * The first job of the group whose turn it is. Start-time fair queueing (Goyal, Vin & Cheng, 1996) where
 * each job costs one turn: a group that comes back begins at the queue's present turn, so that it neither
 * saves up turns nor pays for having had the queue to itself.
 */
function takeTurn(database: Database, queue: QueueName, now: number): number | undefined {
  const next = database.get(
    `select jobs.number, jobs.job_group, max(job_turns.turn, coalesce(queue_clocks.turn, 0)) as turn
     from job_turns left join queue_clocks on queue_clocks.queue = job_turns.queue
     join jobs on jobs.number = (select number from jobs as line
       where line.queue = job_turns.queue and line.job_group = job_turns.job_group
         and line.state = 'waiting' and line.waits_for = 0 and line.run_at <= ?2
       order by line.run_at, line.number limit 1)
     where job_turns.queue = ?1
     order by turn, jobs.run_at, jobs.number limit 1`,
    queue,
    now,
  );
  if (!next) return undefined;
  const turn = number(next, 'turn');
  database.run(
    'update job_turns set turn = ? where queue = ? and job_group = ?',
    turn + 1,
    queue,
    text(next, 'job_group'),
  );
  const moved = database.run(
    `insert into queue_clocks values (?, ?)
     on conflict (queue) do update set turn = excluded.turn where excluded.turn > queue_clocks.turn`,
    queue,
    turn,
  );
  // A group that is not in line and has no turn ahead of it is as good as new.
  if (moved > 0) {
    database.run(
      `delete from job_turns where queue = ?1 and turn <= ?2 and not exists (select 1 from jobs
         where jobs.queue = ?1 and jobs.job_group = job_turns.job_group and state = 'waiting')`,
      queue,
      turn,
    );
  }
  return number(next, 'number');
}

/** Jobs whose workers no longer renew their leases go back in line, unless they were tried too often. */
function releaseExpired(database: Database, queue: QueueName, now: number): void {
  const released = database.all(
    `update jobs set lease = null, leased_until = null,
       state = case when cancel_asked then 'cancelled'
         when attempts >= max_attempts then 'dead' else 'waiting' end,
       reason = case when cancel_asked then '${cancelled}' else '${vanished}' end,
       finished_at = case when cancel_asked or attempts >= max_attempts then ?2 end
     where queue = ?1 and state = 'running' and leased_until < ?2 returning id`,
    queue,
    now,
  );
  for (const row of released) tellFollowers(database, text(row, 'id'));
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

const stateAfter = {
  done: 'done',
  dead: 'dead',
  retry: 'waiting',
  postponed: 'waiting',
  interrupted: 'waiting',
} as const;

/** Writes down how a start ended. `lost` when it was no longer this worker's to say. */
export function finish(
  database: Database,
  { job, lease }: Claimed,
  ending: Ending,
): 'written' | 'cancelled' | 'lost' {
  const now = Date.now();
  const counts = ending.outcome !== 'interrupted' && ending.outcome !== 'postponed';
  return database.transaction(() => {
    const row = database.get(
      `update jobs set state = case when cancel_asked then 'cancelled' else ?1 end,
         reason = case when cancel_asked then '${cancelled}' else coalesce(?2, reason) end,
         run_at = max(run_at, ?3), attempts = attempts - ?4,
         finished_at = case when cancel_asked or ?1 <> 'waiting' then ?5 end,
         progress = case when ?1 = 'done' and not cancel_asked then 1.0 else progress end,
         lease = null, leased_until = null
       where id = ?6 and lease = ?7 and state = 'running' returning state`,
      stateAfter[ending.outcome],
      'reason' in ending ? ending.reason : null,
      'delayMs' in ending ? now + ending.delayMs : 0,
      counts ? 0 : 1,
      now,
      job.id,
      lease,
    );
    if (!row) return 'lost';
    tellFollowers(database, job.id);
    return text(row, 'state') === 'cancelled' ? 'cancelled' : 'written';
  });
}
