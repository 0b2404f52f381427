import type { SQLInputValue } from 'node:sqlite';
import { type Access, momentOf } from '../features/access.ts';

/** A condition on a table of documents as SQL with its parameters. */
export type AccessSql = { readonly sql: string; readonly values: readonly SQLInputValue[] };

/**
 * Access as SQL over the rows of `alias`, or undefined when everything is allowed. The table has the columns
 * `origin`, `source`, `author_id` and `published_at`.
 */
export function accessSql(access: Access | undefined, alias: string): AccessSql | undefined {
  const lists = [
    [`${alias}.origin`, access?.origins],
    [`${alias}.source`, access?.sources],
    [`${alias}.author_id`, access?.authors],
  ] as const;
  const sql: string[] = [];
  const values: SQLInputValue[] = [];
  for (const [column, allowed] of lists) {
    if (!allowed) continue;
    sql.push(`${column} in (select value from json_each(?))`);
    values.push(JSON.stringify(allowed));
  }
  if (access?.since !== undefined) {
    // As moments, not as strings: "…00Z" and "…00.000Z" are the same one.
    sql.push(`julianday(${alias}.published_at) >= julianday(?)`);
    values.push(moment(access.since));
  }
  return sql.length > 0 ? { sql: sql.join(' and '), values } : undefined;
}

/** Null where it is no date: nothing compares with it, so nothing passes. */
function moment(since: string): string | null {
  const at = momentOf(since);
  return at === null ? null : new Date(at).toISOString();
}
