import fc from 'fast-check';
import { expect, test } from 'vitest';
import { featureSetId } from '../../../pipelines/stores/features/manifest.ts';
import { openSqliteFeatures } from '../../../pipelines/stores/features/sqlite/adapter.ts';
import { matchGroups } from '../../../pipelines/stores/features/sqlite/match.ts';
import { usableTerms } from '../../../pipelines/stores/features/terms.ts';
import { features, manifest } from '../../conformance/fixtures.ts';
import { temporaryHome } from './temporary.ts';

const made = manifest('lexical');
const set = featureSetId(made);

test('the index stays sound and exact whatever is put in, replaced and taken out', async () => {
  const place = temporaryHome();
  const database = place.open();
  const store = openSqliteFeatures(database);
  await store.createSet(made);
  const passage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.stringMatching(/^[a-c \0é"]{0,40}$/),
  );
  const step = fc.record({
    name: fc.constantFrom('one', 'two', 'three'),
    passages: fc.option(fc.array(passage, { maxLength: 4 })),
  });
  let revision = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      for (const { name, passages } of steps) {
        revision += 1;
        const put = features(made, name, passages ?? [], {
          revision,
          context: passages?.[0] ?? '',
        });
        if (passages) await store.putDocument(set, put);
        else await store.removeDocument(set, put.documentId);
      }
      const { key } = database.get('select key from feature_sets') ?? {};
      database.exec(`insert into lexical_${key} (lexical_${key}) values ('integrity-check')`);
      const [counted] = await store.sets();
      const statistics = await store.lexicalStatistics(set, []);
      expect(statistics.chunks).toBe(counted?.chunks);
      const rows = database.get(`select count(*) as n from lexical_${key}_docsize`);
      expect(rows?.['n']).toBe(counted?.chunks);
      for (const name of ['one', 'two', 'three']) {
        await store.removeDocument(set, features(made, name, []).documentId);
      }
      const vocabulary = database.get(`select count(*) as n from vocabulary_${key}`);
      expect(vocabulary?.['n']).toBe(0);
    }),
    { numRuns: 60 },
  );
  place.close();
});

test('whole multiples of the smallest weight become repetitions in a single query', () => {
  const groups = matchGroups([
    { term: 'a', weight: 0.5 },
    { term: 'b', weight: 1.5 },
  ]);
  expect(groups).toEqual([{ expression: '"a" OR "b" OR "b" OR "b"', weight: 0.5 }]);
});

test('other weights become one query each, terms of the same weight together', () => {
  const groups = matchGroups([
    { term: 'a', weight: 0.3 },
    { term: 'b', weight: 0.7 },
    { term: 'c', weight: 0.3 },
  ]);
  expect(groups).toEqual([
    { expression: '"a" OR "c"', weight: 0.3 },
    { expression: '"b"', weight: 0.7 },
  ]);
});

test('terms that stand twice count twice, and those without weight not at all', () => {
  const usable = usableTerms([
    { term: 'a', weight: 1 },
    { term: 'a', weight: 1 },
    { term: 'b', weight: 0 },
    { term: 'c', weight: Number.NaN },
    { term: ' ', weight: 1 },
  ]);
  expect(usable).toEqual([{ term: 'a', weight: 2 }]);
});
