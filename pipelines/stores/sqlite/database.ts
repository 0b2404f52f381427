import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { PermanentError, TransientError } from '../errors.ts';
import { isBusy, storeFailure } from './failure.ts';
import type { Row } from './row.ts';

/**
 * One connection to the one file. Synchronous, as SQLite is: a call returns when the work is done, so no
 * statement is ever open while something else runs, and no other promise can slip into a transaction.
 */
export type Database = {
  readonly path: string;
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  /** Returns how many rows were changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number;
  /** Runs a script without parameters, for schemas. */
  exec(sql: string): void;
  /** All of `work` or nothing of it; inside another transaction it becomes part of that one. */
  transaction<T>(work: () => T): T;
  /** Several reads of one and the same moment, whatever other processes write meanwhile. */
  snapshot<T>(work: () => T): T;
  /**
   * Makes sure that what was deleted is not left in the bytes of the file or its write-ahead log.
   *
   * @throws TransientError `store.scrub-busy` when another process keeps the log in use.
   */
  scrub(): void;
  close(): void;
};

/** How long a connection waits for another process's write, in milliseconds. */
const busyTimeoutMs = 5_000;

/**
 * Ours to choose because a process has to stay under 300 MB: 16 MiB of pages per connection, and the rest
 * is left to the operating system, whose page cache is shared by all processes and counted to none.
 */
const cacheKiB = 16 * 1024;

/** Statements kept ready; far more than the adapters have, so it only bounds mistakes. */
const statementLimit = 500;

/**
 * Opens `<home>/understudy.db`, making both where they are missing (0700 and 0600).
 *
 * Several processes may have it open: write-ahead logging lets all read while one writes.
 *
 * @throws PermanentError with a hint when the folder or file cannot be used.
 */
export function openDatabase(home: string): Database {
  const path = join(home, 'understudy.db');
  createPrivately(home, path);
  const connection = connect(path);
  const statements = new Map<string, StatementSync>();

  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storeFailure(error, path);
    }
  };
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= statementLimit) statements.clear();
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  const within = <T>(begin: string, work: () => T): T => {
    if (connection.isTransaction) return work();
    guarded(() => connection.exec(begin));
    try {
      const result = work();
      guarded(() => connection.exec('commit'));
      return result;
    } catch (error) {
      if (connection.isTransaction) connection.exec('rollback');
      throw error;
    }
  };

  return {
    path,
    all: (sql, ...values) => guarded(() => prepared(sql).all(...values)),
    get: (sql, ...values) => guarded(() => prepared(sql).get(...values)),
    run: (sql, ...values) => guarded(() => Number(prepared(sql).run(...values).changes)),
    exec: (sql) => guarded(() => connection.exec(sql)),
    // IMMEDIATE takes the write lock at once; a lock taken later could fail half-way.
    transaction: (work) => within('begin immediate', work),
    snapshot: (work) => within('begin', work),
    scrub() {
      const busy = guarded(() => {
        connection.exec('pragma incremental_vacuum');
        return connection.prepare('pragma wal_checkpoint(truncate)').get()?.['busy'];
      });
      if (busy === 0) return;
      throw new TransientError(
        `${path}: what was deleted is still in the log, as another process is reading it.`,
        { code: 'store.scrub-busy', hint: 'Run the same command again in a moment.' },
      );
    },
    close() {
      statements.clear();
      if (connection.isOpen) connection.close();
    },
  };
}

function createPrivately(home: string, path: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    // SQLite gives its log and shared memory the mode of the database file.
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new PermanentError(`${home} cannot hold Understudy's state: ${said}.`, {
      code: 'store.cannot-open',
      hint: 'Point UNDERSTUDY_HOME at a folder this user may write to.',
      cause: error,
    });
  }
}

function connect(path: string): DatabaseSync {
  const until = performance.now() + busyTimeoutMs;
  for (;;) {
    let connection: DatabaseSync | undefined;
    try {
      connection = new DatabaseSync(path, {
        timeout: busyTimeoutMs,
        enableForeignKeyConstraints: true,
        allowExtension: false,
      });
      configure(connection);
      return connection;
    } catch (error) {
      connection?.close();
      // Switching a fresh file to WAL does not wait for others who do the same: the busy timeout is not
      // honoured there (https://sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode).
      if (!isBusy(error) || performance.now() > until) throw storeFailure(error, path);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10 + Math.random() * 20);
    }
  }
}

function configure(connection: DatabaseSync): void {
  // Before the first table, or it has no effect: lets `scrub` give freed pages back.
  connection.exec('pragma auto_vacuum = incremental');
  connection.exec('pragma journal_mode = wal');
  // In WAL mode NORMAL loses no acknowledged commit when the process dies, and never corrupts; only a
  // power cut may cost the last moments.
  connection.exec('pragma synchronous = normal');
  connection.exec('pragma secure_delete = on');
  connection.exec('pragma temp_store = memory');
  connection.exec(`pragma cache_size = -${cacheKiB}`);
  connection.exec(
    `create table if not exists schema_versions (
       component text primary key, version integer not null
     ) strict, without rowid`,
  );
}
