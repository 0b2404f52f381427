import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { featureSetId } from '../../../pipelines/stores/features/manifest.ts';
import { openSqliteFeatures } from '../../../pipelines/stores/features/sqlite/adapter.ts';
import type { Database } from '../../../pipelines/stores/sqlite/database.ts';
import { openSqliteWarehouse } from '../../../pipelines/stores/warehouse/sqlite.ts';
import { draft, features, manifest } from '../../conformance/fixtures.ts';
import { temporaryHome } from './temporary.ts';

/** Words that start like no other, as the index stores only the ends of words with a common start. */
const secrets = ['zqxvtitle', 'qjwkauthor', 'xkzjcontent', 'vbqztag', 'jxqylink', 'wqzkcontext'];

let place: ReturnType<typeof temporaryHome>;
let database: Database;
beforeEach(() => {
  place = temporaryHome();
  database = place.open();
});
afterEach(() => place.close());

/** Which of the secrets can be read from the bytes of the database, its log and its shared memory. */
const readable = () => {
  const bytes = ['', '-wal', '-shm']
    .map((end) => readFileSync(`${database.path}${end}`).toString('latin1'))
    .join('\n');
  return secrets.filter((secret) => bytes.includes(secret));
};

test('no word of a forgotten document is left in the bytes of the files', async () => {
  const warehouse = openSqliteWarehouse(database);
  const store = openSqliteFeatures(database);
  const made = manifest('lexical', 3);
  const set = featureSetId(made);
  await store.createSet(made);
  for (let n = 0; n < 60; n += 1) {
    await warehouse.upsert(draft(`other${n}`, { content: `harmless words ${n} `.repeat(50) }));
    const vectors = [[n, 1, 0]];
    await store.putDocument(set, features(made, `other${n}`, [`harmless words ${n}`], { vectors }));
  }
  const secret = draft('jxqylink', {
    title: 'zqxvtitle',
    author: { id: 'qjwkauthor', name: 'qjwkauthor' },
    content: 'xkzjcontent '.repeat(3_000),
    extras: { tags: ['vbqztag'] },
  });
  await warehouse.upsert(secret);
  await warehouse.putFetchMemory(secret.link, { etag: 'vbqztag', documentId: secret.id });
  await warehouse.putOrigin({
    link: secret.link,
    crawler: 'web',
    addedAt: '2025-01-01T00:00:00.000Z',
    lastCollectedAt: null,
    lastOutcome: {},
  });
  for (let revision = 1; revision < 4; revision += 1) {
    await store.putDocument(
      set,
      features(made, 'jxqylink', [`xkzjcontent edition ${revision}`], {
        revision,
        context: 'wqzkcontext',
        attributes: { title: 'zqxvtitle', author: { id: 'qjwkauthor', name: 'qjwkauthor' } },
        vectors: [[1, 2, revision]],
      }),
    );
  }
  expect(readable()).toEqual(secrets);

  await warehouse.forget([secret.id]);
  await store.forget([secret.id]);
  expect(readable()).toEqual([]);
  const { documentFrequency } = await store.lexicalStatistics(set, ['xkzjcontent', 'harmless']);
  expect([...documentFrequency.values()]).toEqual([0, 60]);
});

test('words of earlier revisions and of removed documents go with forgetting too', async () => {
  const store = openSqliteFeatures(database);
  const made = manifest('lexical');
  const set = featureSetId(made);
  await store.createSet(made);
  await store.putDocument(set, features(made, 'one', ['xkzjcontent'], { context: 'wqzkcontext' }));
  await store.putDocument(set, features(made, 'one', ['harmless'], { revision: 2 }));
  await store.putDocument(set, features(made, 'two', ['zqxvtitle']));
  await store.removeDocument(set, features(made, 'two', []).documentId);
  await store.forget([features(made, 'one', []).documentId]);
  expect(readable()).toEqual([]);
});

test('forgetting gives the space back', async () => {
  const warehouse = openSqliteWarehouse(database);
  const ids: string[] = [];
  for (let n = 0; n < 40; n += 1) {
    const big = draft(`big${n}`, { content: `${n} `.repeat(40_000) });
    ids.push(big.id);
    await warehouse.upsert(big);
  }
  database.scrub();
  const before = readFileSync(database.path).length;
  await warehouse.forget(ids);
  expect(readFileSync(database.path).length).toBeLessThan(before / 10);
});
