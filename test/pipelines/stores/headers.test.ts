import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteHeaders } from '../../../pipelines/stores/headers/sqlite.ts';
import { describeHeaderStore } from '../../conformance/header-store.ts';
import { temporaryHome } from './temporary.ts';

describeHeaderStore('SQLite', async () => {
  const place = temporaryHome();
  return {
    headers: openSqliteHeaders(place.open()),
    other: openSqliteHeaders(place.open()),
    close: async () => place.close(),
  };
});

let place: ReturnType<typeof temporaryHome>;
beforeEach(() => {
  place = temporaryHome();
});
afterEach(() => place.close());

test('no word above a forgotten document’s passages is left in the bytes of the files', async () => {
  const database = place.open();
  const headers = openSqliteHeaders(database);
  const secret = { id: 'secret', contentHash: 'hash' };
  await headers.put('r', secret, [{ start: 0, end: 9, text: 'zqxv of the qjwk affair' }]);
  await headers.put('r', { ...secret, contentHash: 'later' }, [{ start: 0, end: 9, text: 'xkzj' }]);
  const readable = () =>
    ['', '-wal', '-shm']
      .map((end) => readFileSync(`${database.path}${end}`).toString('latin1'))
      .flatMap((bytes) => ['zqxv', 'qjwk', 'xkzj'].filter((word) => bytes.includes(word)));
  expect(readable()).toContain('xkzj');
  await headers.forget(['secret']);
  expect(readable()).toEqual([]);
});
