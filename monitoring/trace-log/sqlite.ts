import { z } from 'zod';
import type { Database } from '../../pipelines/stores/sqlite/database.ts';
import { migrate } from '../../pipelines/stores/sqlite/migrate.ts';
import {
  json,
  number,
  type Row,
  text,
  textOrNull,
  word,
} from '../../pipelines/stores/sqlite/row.ts';
import type { Feedback, Trace, TraceLog } from '../tracer.ts';
import { traceLogSchema } from './schema.ts';

const traceSchema: z.ZodType<Trace> = z.object({
  id: z.string(),
  thread: z.string(),
  channel: z.string(),
  asker: z.string().nullable(),
  startedAt: z.string(),
  question: z.string(),
  answer: z.string(),
  outcome: z.enum(['answered', 'abstained', 'cancelled', 'failed']),
  release: z.string(),
  featureSet: z.string().nullable(),
  documents: z.array(z.string()),
  authors: z.array(z.string()),
  spans: z.array(
    z.object({
      name: z.string(),
      startMs: z.number(),
      durationMs: z.number(),
      attributes: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** The local log in the one SQLite file; recording is a single insert. */
export function openTraceLog(database: Database): TraceLog {
  migrate(database, traceLogSchema);

  return {
    async record(trace) {
      // An id that is there already is the same trace, delivered again.
      database.run(
        'insert or ignore into traces (id, thread, started_at, trace) values (?, ?, ?, ?)',
        trace.id,
        trace.thread,
        trace.startedAt,
        JSON.stringify(trace),
      );
    },
    async feedback({ trace, giver, value, reason, at }) {
      const stored = database.run(
        `insert into feedback select id, ?, ?, ?, ? from traces where id = ?
         on conflict (trace, giver) do update
           set value = excluded.value, reason = excluded.reason, at = excluded.at`,
        giver,
        value,
        reason,
        at,
        trace,
      );
      return stored > 0;
    },

    async traces({ thread, ids, limit = 1_000 } = {}) {
      const rows = database.all(
        `select trace from traces
         where ${thread === undefined ? 'true' : 'thread = ?'}
           and ${ids === undefined ? 'true' : 'id in (select value from json_each(?))'}
         order by started_at desc, key desc limit ?`,
        ...(thread === undefined ? [] : [thread]),
        ...(ids === undefined ? [] : [JSON.stringify(ids)]),
        limit,
      );
      return rows.map((row) => json(row, 'trace', traceSchema.parse));
    },
    async feedbackOf(trace) {
      return database
        .all('select * from feedback where trace = ? order by at, giver', trace)
        .map(feedbackOf);
    },
    async recentFeedback(limit) {
      return database
        .all(
          `select feedback.*, traces.trace ->> '$.question' as question
           from feedback join traces on traces.id = feedback.trace
           order by at desc, giver limit ?`,
          limit,
        )
        .map((row) => ({ ...feedbackOf(row), question: text(row, 'question') }));
    },
    async counts() {
      const row = database.get(
        `select (select count(*) from traces) as traces,
           (select count(*) from feedback where value = 'up') as up,
           (select count(*) from feedback where value = 'down') as down`,
      );
      return row
        ? { traces: number(row, 'traces'), up: number(row, 'up'), down: number(row, 'down') }
        : { traces: 0, up: 0, down: 0 };
    },

    async forget({ documents = [], authors = [] }) {
      const about = (list: 'documents' | 'authors') => `exists (
        select 1 from json_each(trace, '$.${list}') subject
        where subject.value in (select value from json_each(?)))`;
      const removed = database.transaction(() =>
        database.run(
          `delete from traces where ${about('documents')} or ${about('authors')}`,
          JSON.stringify(documents),
          JSON.stringify(authors),
        ),
      );
      database.scrub();
      return removed;
    },
  };
}

function feedbackOf(row: Row): Feedback {
  return {
    trace: text(row, 'trace'),
    giver: text(row, 'giver'),
    value: word(row, 'value', ['up', 'down']),
    reason: textOrNull(row, 'reason'),
    at: text(row, 'at'),
  };
}
