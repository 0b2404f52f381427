import type { SQLInputValue } from 'node:sqlite';
import type { Access } from '../port.ts';

/** A condition on `feature_documents` as SQL with its parameters. */
export type AccessSql = { readonly sql: string; readonly values: readonly SQLInputValue[] };

/** Access as SQL over the document row `alias`, or undefined when everything is allowed. */
export function accessSql(access: Access | undefined, alias: string): AccessSql | undefined {
  const conditions = [
    [`${alias}.origin`, access?.origins],
    [`${alias}.source`, access?.sources],
    [`${alias}.author_id`, access?.authors],
  ] as const;
  const sql: string[] = [];
  const values: string[] = [];
  for (const [column, allowed] of conditions) {
    if (!allowed) continue;
    sql.push(`${column} in (select value from json_each(?))`);
    values.push(JSON.stringify(allowed));
  }
  return sql.length > 0 ? { sql: sql.join(' and '), values } : undefined;
}
