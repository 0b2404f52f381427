import type { Database } from '../../stores/sqlite/database.ts';
import { json, number, text, word } from '../../stores/sqlite/row.ts';
import { type QueueName, queueNames, type Schedule } from '../port.ts';
import { insertJob } from './enqueue.ts';
import { payloadOf } from './row.ts';

export function putSchedule(database: Database, schedule: Schedule): void {
  const now = Date.now();
  const everyMs = Math.max(1, Math.round(schedule.everyMs));
  database.run(
    `insert into job_schedules (queue, key, payload, every_ms, next_at) values (?1, ?2, ?3, ?4, ?5)
     on conflict (queue, key) do update set payload = ?3, every_ms = ?4,
       next_at = min(next_at, ?5 + ?4)`,
    schedule.queue,
    schedule.key,
    JSON.stringify(schedule.payload),
    everyMs,
    now,
  );
}

export function listSchedules(
  database: Database,
): readonly (Schedule & { readonly nextAt: string })[] {
  return database.all('select * from job_schedules order by queue, key').map((row) => ({
    queue: word(row, 'queue', queueNames),
    key: text(row, 'key'),
    payload: json(row, 'payload', payloadOf),
    everyMs: number(row, 'every_ms'),
    nextAt: new Date(number(row, 'next_at')).toISOString(),
  }));
}

/** Enqueues what is due; what was missed several times comes once. Returns how many jobs are new. */
export function enqueueScheduled(database: Database, queue: QueueName): number {
  const now = Date.now();
  const due = 'from job_schedules where queue = ? and next_at <= ?';
  // A look without the write lock first, as it is taken often.
  if (!database.get(`select 1 ${due} limit 1`, queue, now)) return 0;
  return database.transaction(() => {
    let created = 0;
    for (const row of database.all(`select * ${due}`, queue, now)) {
      const key = text(row, 'key');
      if (insertJob(database, queue, key, json(row, 'payload', payloadOf), {}).created)
        created += 1;
      const missed = Math.floor((now - number(row, 'next_at')) / number(row, 'every_ms'));
      database.run(
        'update job_schedules set next_at = next_at + every_ms * ? where queue = ? and key = ?',
        missed + 1,
        queue,
        key,
      );
    }
    return created;
  });
}
