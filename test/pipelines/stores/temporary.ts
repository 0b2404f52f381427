import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../../pipelines/stores/sqlite/database.ts';

/** A home of its own with connections to its database; `close` removes it all. */
export function temporaryHome(): {
  readonly home: string;
  open(): Database;
  close(): void;
} {
  const home = mkdtempSync(join(tmpdir(), 'understudy-'));
  const opened: Database[] = [];
  return {
    home,
    open() {
      const database = openDatabase(home);
      opened.push(database);
      return database;
    },
    close() {
      for (const database of opened) database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
