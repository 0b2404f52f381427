import { PermanentError } from '../errors.ts';
import type { Database } from './database.ts';
import { number } from './row.ts';

/**
 * The schema of one adapter, as numbered steps: the first is version 1. Steps are only ever added. A
 * step is one string of SQL, run in the transaction that also notes its number.
 */
export type Schema = { readonly component: string; readonly steps: readonly string[] };

/**
 * Brings one adapter's tables to the version this code knows.
 *
 * @throws PermanentError `store.schema-too-new` when a newer Understudy has been here: what it wrote may
 * mean something else than this code believes, so nothing is touched.
 */
export function migrate(database: Database, { component, steps }: Schema): void {
  const known = steps.length;
  if (versionOf(database, component) === known) return;
  // Asked again under the write lock: another process may be doing the same at this moment.
  database.transaction(() => {
    const version = versionOf(database, component);
    if (version > known) {
      throw new PermanentError(
        `${database.path} was written by a newer Understudy (${component} ${version}, this one knows ${known}).`,
        {
          code: 'store.schema-too-new',
          hint: 'Update Understudy, or choose another UNDERSTUDY_HOME for this version.',
        },
      );
    }
    for (const step of steps.slice(version)) database.exec(step);
    database.run(
      `insert into schema_versions (component, version) values (?, ?)
       on conflict (component) do update set version = excluded.version`,
      component,
      known,
    );
  });
}

function versionOf(database: Database, component: string): number {
  const row = database.get('select version from schema_versions where component = ?', component);
  return row ? number(row, 'version') : 0;
}
