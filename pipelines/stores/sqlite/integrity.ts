import type { Database } from './database.ts';

/**
 * Looks for damage in the whole file: its pages and indexes, references between
 * tables, and each full-text index on its own.
 *
 * Returns what is wrong, one sentence each; empty when all is well. Reads everything: about a second per
 * gigabyte.
 */
export function integrityProblems(database: Database): readonly string[] {
  const pages = database
    .all('pragma integrity_check')
    .map((row) => String(Object.values(row)[0]))
    .filter((said) => said !== 'ok');
  const references = database
    .all('pragma foreign_key_check')
    .map((row) => `a row of ${row['table']} refers to one of ${row['parent']} that is not there`);
  const fullText = database.all(
    "select name from sqlite_schema where type = 'table' and sql like 'create virtual table%using fts5(%'",
  );
  const indexes = fullText.flatMap((row) => {
    const name = String(row['name']);
    try {
      database.run(`insert into "${name}"("${name}") values ('integrity-check')`);
      return [];
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return [`full-text index ${name}: ${said}`];
    }
  });
  return [...pages, ...references, ...indexes];
}
