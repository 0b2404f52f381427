import type { SQLOutputValue } from 'node:sqlite';
import { PermanentError } from '../errors.ts';

/** A row as node:sqlite hands it out; the readers below narrow one column each. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

function unexpected(row: Row, column: string, wanted: string): never {
  const found = row[column] === null ? 'null' : typeof row[column];
  throw new PermanentError(`Column ${column} holds ${found} where ${wanted} was expected.`, {
    code: 'store.corrupt',
    hint: 'Restore the folder from a backup, or delete it and collect again.',
  });
}

export function text(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : unexpected(row, column, 'text');
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

/** Integers and reals alike. */
export function number(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : unexpected(row, column, 'a number');
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : number(row, column);
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : unexpected(row, column, 'bytes');
}

/** JSON that we wrote ourselves; `shape` is the reader that gives it back its type. */
export function json<T>(row: Row, column: string, shape: (value: unknown) => T): T {
  return shape(JSON.parse(text(row, column)));
}

/** One of the given words. */
export function word<const W extends string>(row: Row, column: string, words: readonly W[]): W {
  const value = text(row, column);
  return words.find((candidate) => candidate === value) ?? unexpected(row, column, words.join('|'));
}
