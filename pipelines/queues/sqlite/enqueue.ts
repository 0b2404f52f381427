import { randomUUID } from 'node:crypto';
import type { Database } from '../../stores/sqlite/database.ts';
import { number, type Row } from '../../stores/sqlite/row.ts';
import type { Enqueued, EnqueueOptions, Flow, JobPayload, QueueName } from '../port.ts';
import { type Carrier, captureContext } from '../trace-context.ts';
import { jobOf } from './row.ts';

export function insertJob(
  database: Database,
  queue: QueueName,
  key: string,
  payload: JobPayload,
  options: EnqueueOptions,
): Enqueued {
  return insertFlow(database, { queue, key, payload, options });
}

export function insertFlow(database: Database, flow: Flow): Enqueued {
  const carrier = captureContext();
  return database.transaction(() => {
    const { row, created } = plant(database, flow, carrier);
    return { job: jobOf(row), created };
  });
}

/** A job with all that has to be done before it, deepest first, so that nothing starts too soon. */
function plant(
  database: Database,
  flow: Flow,
  carrier: Carrier,
): { readonly row: Row; readonly created: boolean } {
  const { queue, key, payload, options = {}, after = [] } = flow;
  const { delayMs = 0, maxAttempts = 5, group = '' } = options;
  const now = Date.now();
  const runAt = now + Math.max(0, delayMs);
  const open = database.get(
    `select * from jobs where queue = ? and key = ? and state in ('waiting', 'running')`,
    queue,
    key,
  );
  if (open) return { row: broughtForward(database, open, runAt) ?? open, created: false };

  // A part that occurs twice is one job, and waited for once.
  const before = new Set(after.map((part) => number(plant(database, part, carrier).row, 'number')));
  const row =
    database.get(
      `insert into jobs (id, queue, key, payload, state, max_attempts, created_at, run_at, job_group,
         waits_for, trace_context)
       values (?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?) returning *`,
      randomUUID(),
      queue,
      key,
      JSON.stringify(payload),
      Math.max(1, Math.floor(maxAttempts)),
      now,
      runAt,
      group,
      before.size,
      JSON.stringify(carrier),
    ) ?? {};
  for (const part of before) {
    database.run('insert into job_flows values (?, ?)', number(row, 'number'), part);
  }
  return { row, created: true };
}

/** One that waits for its first start; what waits after a failure, or because a host asked for it, has its reasons. */
function broughtForward(database: Database, open: Row, runAt: number): Row | undefined {
  return database.get(
    `update jobs set run_at = ?1
     where number = ?2 and state = 'waiting' and started_at is null and run_at > ?1 returning *`,
    runAt,
    number(open, 'number'),
  );
}

/** Lets go, or buries, what waits for a job that has ended. Part of the transaction that ended it. */
export function tellFollowers(database: Database, id: string): void {
  const ended = database.get('select number, state, reason from jobs where id = ?', id);
  if (!ended || !['done', 'dead', 'cancelled'].includes(String(ended['state']))) return;
  const followers = database.all(
    `select id, number from job_flows join jobs on number = job
     where after = ? and state = 'waiting' and waits_for > 0`,
    number(ended, 'number'),
  );
  for (const follower of followers) {
    if (ended['state'] === 'done') {
      database.run(
        `update jobs set waits_for = (select count(*) from job_flows join jobs as before
           on before.number = job_flows.after where job = ?1 and before.state <> 'done')
         where number = ?1`,
        number(follower, 'number'),
      );
    } else {
      database.run(
        `update jobs set state = 'dead', reason = ?, finished_at = ?, waits_for = 0 where number = ?`,
        ended['reason'] ?? null,
        Date.now(),
        number(follower, 'number'),
      );
      tellFollowers(database, String(follower['id']));
    }
  }
}
