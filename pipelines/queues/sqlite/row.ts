import { z } from 'zod';
import {
  json,
  number,
  numberOrNull,
  type Row,
  text,
  textOrNull,
  word,
} from '../../stores/sqlite/row.ts';
import { type Job, jobStates, queueNames } from '../port.ts';

export const payloadOf = z.record(z.string(), z.unknown()).parse;
export const carrierOf = z.record(z.string(), z.string()).parse;

export function jobOf(row: Row): Job {
  const at = (column: string) => new Date(number(row, column)).toISOString();
  const atOrNull = (column: string) => (numberOrNull(row, column) === null ? null : at(column));
  return {
    id: text(row, 'id'),
    queue: word(row, 'queue', queueNames),
    key: text(row, 'key'),
    group: text(row, 'job_group') || null,
    payload: json(row, 'payload', payloadOf),
    state: word(row, 'state', jobStates),
    attempts: number(row, 'attempts'),
    maxAttempts: number(row, 'max_attempts'),
    reason: textOrNull(row, 'reason'),
    progress: numberOrNull(row, 'progress'),
    waitsFor: number(row, 'waits_for'),
    createdAt: at('created_at'),
    runAt: at('run_at'),
    startedAt: atOrNull('started_at'),
    finishedAt: atOrNull('finished_at'),
  };
}
