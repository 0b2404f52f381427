import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { queryTerms } from '../../../../../pipelines/stores/features/lexical.ts';
import { featureSetId } from '../../../../../pipelines/stores/features/manifest.ts';
import type { FeatureStore, QueryTerm } from '../../../../../pipelines/stores/features/port.ts';
import { openSqliteFeatures } from '../../../../../pipelines/stores/features/sqlite/adapter.ts';
import { features, manifest, seeded } from '../../../../conformance/fixtures.ts';
import { qdrantForTests } from '../../../../servers/qdrant/server.ts';
import { temporaryHome } from '../../temporary.ts';
import { placeOn } from './place.ts';

const made = manifest('ranking');
const set = featureSetId(made);
/** Some thousand requests: seconds on a quiet machine, more beside others. */
const slow = { timeout: 180_000 };
const root = join(import.meta.dirname, '../../../../..');

let server: Awaited<ReturnType<typeof qdrantForTests>>;
beforeAll(async () => {
  server = await qdrantForTests();
});
afterAll(() => server.stop());

let home: ReturnType<typeof temporaryHome>;
let place: ReturnType<typeof placeOn>;
let embedded: FeatureStore;
let qdrant: FeatureStore;
beforeEach(async () => {
  home = temporaryHome();
  place = placeOn(server);
  embedded = openSqliteFeatures(home.open());
  qdrant = await place.open({ doubtMs: 0 });
  for (const store of [embedded, qdrant]) await store.createSet(made);
});
afterEach(async () => {
  await place.close();
  home.close();
});

type Writing = {
  readonly name: string;
  readonly passages: readonly string[];
  readonly context: string;
};

async function putBoth({ name, passages, context }: Writing, revision = 1): Promise<void> {
  const put = features(made, name, passages, { context, revision });
  for (const store of [embedded, qdrant]) await store.putDocument(set, put);
}

/** Same passages in the same order, scores equal to the last bit but one. */
async function expectEqual(terms: readonly QueryTerm[], access = {}): Promise<number> {
  const options = { limit: 10, access };
  const [ours, theirs] = await Promise.all([
    qdrant.searchLexical(set, terms, options),
    embedded.searchLexical(set, terms, options),
  ]);
  const asked = JSON.stringify(terms);
  expect(
    ours.map(({ chunk }) => chunk.id),
    asked,
  ).toEqual(theirs.map(({ chunk }) => chunk.id));
  ours.forEach(({ score }, at) => {
    expect(score, asked).toBeCloseTo(theirs[at]!.score, 12);
  });
  expect(ours.map(({ chunk }) => chunk)).toEqual(theirs.map(({ chunk }) => chunk));
  return ours.length;
}

test('finds in the handbook what the embedded store finds, in the same order', slow, async () => {
  const folder = join(root, 'datasets/handbook');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.md'))) {
    const passages = readFileSync(join(folder, name), 'utf8')
      .split(/\n(?=#)/u)
      .filter((text) => text.trim() !== '');
    await putBoth({ name, passages, context: `The handbook, ${name.replace('.md', '')}` });
  }
  for (const store of [embedded, qdrant]) await store.switchTo(set, undefined);
  const questions = readFileSync(join(root, 'datasets/golden/handbook.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${JSON.parse(line).question}`);
  expect(questions.length).toBeGreaterThan(20);
  let found = 0;
  for (const question of questions) found += await expectEqual(queryTerms(question));
  expect(found).toBeGreaterThan(5 * questions.length);
});

const random = seeded(11);
const vocabulary = Array.from({ length: 400 }, (_, n) => `w${n}ing`);
/** Zipf-like: the first words stand nearly everywhere, the last ones nearly nowhere. */
const word = () => vocabulary[Math.floor(vocabulary.length * random() ** 3)]!;
const text = (most: number) =>
  Array.from({ length: 1 + Math.floor(random() * most) }, word).join(' ');
const writing = (n: number): Writing => ({
  name: `document ${n}`,
  passages: Array.from({ length: 1 + Math.floor(random() * 4) }, () => text(120)),
  context: text(8),
});

test(
  'finds in any corpus what the embedded store finds, whatever the weights, the changes and the access',
  slow,
  async () => {
    // Not switched to: weights are still written for the mean length that the first document had.
    for (let n = 0; n < 120; n += 1) await putBoth(writing(n));
    for (let n = 0; n < 40; n += 1) await putBoth(writing(n), 2);
    for (let n = 40; n < 60; n += 1) {
      const { documentId } = features(made, `document ${n}`, []);
      for (const store of [embedded, qdrant]) await store.removeDocument(set, documentId);
    }
    const question = (weights: () => number) =>
      Array.from({ length: 1 + Math.floor(random() * 6) }, () => ({
        term: word(),
        weight: weights(),
      }));
    for (let n = 0; n < 40; n += 1) {
      await expectEqual(question(() => 1));
      await expectEqual(question(() => 1 + Math.floor(random() * 3)));
      await expectEqual(question(random));
    }
    await expectEqual(
      question(() => 1),
      { authors: ['ada'], since: '2024' },
    );
    const stems = vocabulary.slice(0, 50).map((each) => each.replace('ing', ''));
    const [ours, theirs] = await Promise.all([
      qdrant.lexicalStatistics(set, stems),
      embedded.lexicalStatistics(set, stems),
    ]);
    expect(ours).toEqual(theirs);
  },
);

test(
  'finds the same when all passages tie, or all but the last digits of their scores',
  slow,
  async () => {
    for (let n = 0; n < 130; n += 1) {
      const passages = [`same words here ${n % 2 ? 'and' : 'or'} there`];
      await putBoth({ name: `tie ${n}`, passages, context: '' });
    }
    await putBoth({ name: 'other', passages: Array(140).fill('filler'), context: '' });
    await expectEqual(queryTerms('same words'));
    await expectEqual([{ term: 'same', weight: 0.3 }]);
  },
);
