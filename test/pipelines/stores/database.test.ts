import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';
import { type Database, openDatabase } from '../../../pipelines/stores/sqlite/database.ts';
import { migrate } from '../../../pipelines/stores/sqlite/migrate.ts';
import { temporaryHome } from './temporary.ts';

const run = promisify(execFile);

let place: ReturnType<typeof temporaryHome>;
let database: Database;
beforeEach(() => {
  place = temporaryHome();
  database = place.open();
});
afterEach(() => place.close());

const count = (connection: Database, table: string) =>
  connection.get(`select count(*) as n from ${table}`)?.['n'];

describe('opening', () => {
  test('makes folder and files for this user alone', () => {
    const home = join(place.home, 'deeper', 'still');
    const opened = openDatabase(home);
    opened.exec('create table t (a)');
    expect(statSync(home).mode & 0o777).toBe(0o700);
    for (const end of ['', '-wal', '-shm']) {
      expect(statSync(`${opened.path}${end}`).mode & 0o777).toBe(0o600);
    }
    opened.close();
  });

  test('says what to do when the home is no folder', () => {
    const file = join(place.home, 'file');
    writeFileSync(file, 'x');
    expect(() => openDatabase(file)).toThrowError(
      expect.objectContaining({ code: 'store.cannot-open', hint: expect.any(String) }),
    );
  });

  test('says what to do when the file is something else', () => {
    const home = join(place.home, 'other');
    openDatabase(home).close();
    writeFileSync(join(home, 'understudy.db'), 'not a database at all, '.repeat(500));
    expect(() => openDatabase(home)).toThrow(PermanentError);
    expect(() => openDatabase(home)).toThrowError(
      expect.objectContaining({ code: 'store.corrupt' }),
    );
  });

  test('works when eight processes open a fresh home at the same moment', async () => {
    const home = join(place.home, 'shared');
    const script = fileURLToPath(new URL('open-process.ts', import.meta.url));
    await Promise.all(Array.from({ length: 8 }, () => run(process.execPath, [script, home])));
    const stores = openEmbedded(home);
    expect((await stores.warehouse.facets()).documents).toBe(9);
    const contested = [];
    for await (const document of stores.warehouse.documents({ author: 'contested' })) {
      contested.push(document.revision);
    }
    // Each process wrote another text under the same id: every change counted exactly once.
    expect(contested).toEqual([8]);
    await stores.close();
  });
});

describe('transactions', () => {
  beforeEach(() => database.exec('create table t (a)'));

  test('happen as a whole or not at all', () => {
    const failing = () =>
      database.transaction(() => {
        database.run('insert into t values (1)');
        throw new Error('changed my mind');
      });
    expect(failing).toThrow('changed my mind');
    expect(count(database, 't')).toBe(0);
    database.transaction(() => {
      database.run('insert into t values (1)');
      database.transaction(() => database.run('insert into t values (2)'));
    });
    expect(count(database, 't')).toBe(2);
  });

  test('of a snapshot see one moment, whatever others write', () => {
    const other = place.open();
    database.snapshot(() => {
      expect(count(database, 't')).toBe(0);
      other.run('insert into t values (1)');
      expect(count(database, 't')).toBe(0);
    });
    expect(count(database, 't')).toBe(1);
  });

  test('wait for another writer, and then fail as something to try again', () => {
    const other = place.open();
    other.exec('pragma busy_timeout = 50');
    database.transaction(() => {
      expect(() => other.run('insert into t values (1)')).toThrow(TransientError);
      expect(() => other.transaction(() => 0)).toThrowError(
        expect.objectContaining({ code: 'store.busy' }),
      );
    });
    expect(other.transaction(() => other.run('insert into t values (1)'))).toBe(1);
  });
});

describe('migrations', () => {
  const first = 'create table notes (a)';
  const second = 'alter table notes add column b';

  test('run once, each step in its turn', () => {
    migrate(database, { component: 'notes', steps: [first] });
    database.run('insert into notes values (1)');
    const upgraded = place.open();
    migrate(upgraded, { component: 'notes', steps: [first, second] });
    migrate(upgraded, { component: 'notes', steps: [first, second] });
    expect(upgraded.get('select a, b from notes')).toEqual({ a: 1, b: null });
  });

  test('leave nothing of a step that fails', () => {
    const broken = { component: 'notes', steps: [first, 'nonsense'] };
    expect(() => migrate(database, broken)).toThrow();
    migrate(database, { component: 'notes', steps: [first] });
    expect(count(database, 'notes')).toBe(0);
  });

  test('refuse a file that a newer version wrote, and touch nothing', () => {
    migrate(database, { component: 'notes', steps: [first, second] });
    const older = () => migrate(place.open(), { component: 'notes', steps: [first] });
    expect(older).toThrow(PermanentError);
    expect(older).toThrowError(
      expect.objectContaining({
        code: 'store.schema-too-new',
        hint: expect.stringContaining('Update Understudy'),
      }),
    );
  });

  test('make `openEmbedded` refuse too, and let go of the file', async () => {
    const home = join(place.home, 'newer');
    await openEmbedded(home).close();
    const newer = openDatabase(home);
    newer.run('update schema_versions set version = 99');
    newer.close();
    expect(() => openEmbedded(home)).toThrow(/newer Understudy/);
  });
});

test('scrubbing says so when another process holds on to the log', () => {
  database.exec('create table t (a)');
  const other = place.open();
  other.exec('pragma busy_timeout = 10');
  database.snapshot(() => {
    count(database, 't');
    other.run('insert into t values (?)', 'a word');
    other.run('delete from t');
    expect(() => other.scrub()).toThrowError(expect.objectContaining({ code: 'store.scrub-busy' }));
  });
  other.scrub();
  expect(readFileSync(`${database.path}-wal`)).toHaveLength(0);
});
