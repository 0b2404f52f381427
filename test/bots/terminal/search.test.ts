import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSearch, type SearchCommand } from '../../../bots/terminal/commands/search.ts';
import { openOutput } from '../../../bots/terminal/output.ts';
import type { Embedder } from '../../../pipelines/serving/embed/port.ts';
import { featureSetId } from '../../../pipelines/stores/features/manifest.ts';
import { openSqliteFeatures } from '../../../pipelines/stores/features/sqlite/adapter.ts';
import { openSqliteWarehouse } from '../../../pipelines/stores/warehouse/sqlite.ts';
import { draft, features, manifest } from '../../conformance/fixtures.ts';
import { temporaryHome } from '../../pipelines/stores/temporary.ts';

let place: ReturnType<typeof temporaryHome>;
let house: Parameters<typeof runSearch>[0];
beforeEach(() => {
  place = temporaryHome();
  const database = place.open();
  house = {
    features: openSqliteFeatures(database),
    warehouse: openSqliteWarehouse(database),
    embedder: null,
  };
});
afterEach(() => place.close());

const everything: SearchCommand = {
  words: 'nuclear marmalade',
  limit: 10,
  perDocument: null,
  sources: [],
  authors: [],
  since: null,
};

async function search(changes: Partial<SearchCommand> = {}, json = true) {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  let out = '';
  streams.stdout.on('data', (part) => {
    out += part;
  });
  const output = openOutput(json, streams as unknown as Parameters<typeof openOutput>[1]);
  const code = await runSearch(house, { ...everything, ...changes }, output);
  const found = () => JSON.parse(out).found as { chunk: { text: string }; score: number }[];
  return { code, out, texts: () => found().map(({ chunk }) => chunk.text) };
}

const bob = { author: { id: 'bob', name: 'Bob Builder' }, source: 'letters' };
async function fill(made = manifest('search')): Promise<void> {
  await house.features.createSet(made);
  const put = async (name: string, texts: string[], attributes: object) => {
    await house.warehouse.upsert(draft(name, attributes));
    const all = made.embedder ? { vectors: texts.map((_, n) => [1, n]) } : {};
    const changes = { attributes: { title: `About ${name}`, ...attributes }, ...all };
    await house.features.putDocument(featureSetId(made), features(made, name, texts, changes));
  };
  await put('one', ['nuclear marmalade nuclear marmalade', 'some more nuclear things'], {});
  await put('two', ['marmalade from letters'], { ...bob, publishedAt: '2020-01-01T00:00:00.000Z' });
  await put('three', ['nothing', 'at all', 'to see'], {});
  await house.features.switchTo(featureSetId(made), undefined);
}

test('shows passages with their documents, best first, and no answer', async () => {
  await fill();
  const { code, out } = await search({}, false);
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toContain('1. About one');
  expect(out).toContain('Bob Builder');
  expect(out).toContain('https://example.org/');
  expect(out).not.toContain('nothing');
});

test('writes one JSON document for programs', async () => {
  await fill();
  const { out, texts } = await search();
  expect(JSON.parse(out)).toMatchObject({ words: 'nuclear marmalade', byMeaning: false });
  expect(texts()[0]).toBe('nuclear marmalade nuclear marmalade');
  expect(texts().toSorted()).toEqual([
    'marmalade from letters',
    'nuclear marmalade nuclear marmalade',
    'some more nuclear things',
  ]);
});

test('takes only so many, of each document only so many, and only what is asked for', async () => {
  await fill();
  expect((await search({ limit: 1 })).texts()).toHaveLength(1);
  expect((await search({ perDocument: 1 })).texts()).toHaveLength(2);
  const letters = ['marmalade from letters'];
  expect((await search({ authors: ['bob builder'] })).texts()).toEqual(letters);
  expect((await search({ authors: ['bob'] })).texts()).toEqual(letters);
  expect((await search({ sources: ['Letters'] })).texts()).toEqual(letters);
  expect((await search({ since: '2024' })).texts()).toHaveLength(2);
});

test('says no when there is nothing, and what there is when asked for what there is not', async () => {
  await fill();
  expect((await search({ words: 'xylophone' })).code).toBe(1);
  const unknown = search({ authors: ['carol'] });
  await expect(unknown).rejects.toMatchObject({ name: 'UsageError' });
  await expect(unknown).rejects.toMatchObject({ hint: expect.stringContaining('Bob Builder') });
  await expect(search({ sources: ['blog'] })).rejects.toMatchObject({ name: 'UsageError' });
  await expect(search({ since: 'May' })).rejects.toMatchObject({ name: 'UsageError' });
});

test('asks for something to search when there is nothing yet', async () => {
  await expect(search()).rejects.toMatchObject({ name: 'UsageError' });
});

test('searches by meaning, too, with the embedder of the set and no other', async () => {
  const made = manifest('search', 2);
  await fill(made);
  const embedder: Embedder = {
    identity: { name: 'tiny', revision: '1', dimensions: 2 },
    maxTokens: 100,
    embed: async (texts) => texts.map(() => Float32Array.from([1, 2])),
    close: async () => {},
  };
  house = { ...house, embedder };
  const { out, texts } = await search({ words: 'xylophone' });
  expect(JSON.parse(out)).toMatchObject({ byMeaning: true });
  expect(texts()[0]).toBe('to see');
  house = {
    ...house,
    embedder: { ...embedder, identity: { ...embedder.identity, revision: '2' } },
  };
  expect((await search({ words: 'xylophone' })).code).toBe(1);
});
