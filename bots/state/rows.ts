import {
  json,
  number,
  type Row,
  text,
  textOrNull,
  word,
} from '../../pipelines/stores/sqlite/row.ts';
import { type Json, type StoredTurn, turnOutcomes, turnStates } from './port.ts';

/** A turn from its row. */
export function turnOf(row: Row): StoredTurn {
  return {
    id: text(row, 'id'),
    thread: text(row, 'thread'),
    place: text(row, 'place'),
    asker: text(row, 'asker'),
    bot: number(row, 'bot') === 1,
    askedAtMs: number(row, 'asked_at'),
    asked: json(row, 'asked', asJson),
    state: word(row, 'state', turnStates),
    outcome: row['outcome'] === null ? null : word(row, 'outcome', turnOutcomes),
    where: json(row, 'location', asJson),
    trace: textOrNull(row, 'trace'),
    withdrawn: number(row, 'withdrawn') === 1,
  };
}

/** What JSON.parse gives is JSON; its shape is the conversation's matter. */
export const asJson = (value: unknown): Json => value as Json;
