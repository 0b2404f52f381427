import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openKnowledge } from '../../../bots/conversation/knowledge/open.ts';
import { openStatusReader } from '../../../bots/web/status.ts';
import type { DocumentFeatures } from '../../../pipelines/stores/features/chunk.ts';
import { featureSetId } from '../../../pipelines/stores/features/manifest.ts';
import { type EmbeddedStores, openEmbedded } from '../../../pipelines/stores/open.ts';
import type { DocumentDraft } from '../../../pipelines/stores/warehouse/document.ts';
import { attributes, draft, features, manifest } from '../../conformance/fixtures.ts';

const lexical = manifest('lexical');
const set = featureSetId(lexical);
const bob = { id: 'bob', name: 'Bob' };
let home: string;
let stores: EmbeddedStores;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'understudy-knowledge-'));
  stores = openEmbedded(home);
  await stores.features.createSet(lexical);
  await stores.features.switchTo(set, undefined);
});
afterEach(async () => {
  await stores.close();
  rmSync(home, { recursive: true, force: true });
});

async function write(name: string, changes: Partial<DocumentDraft>, passages = 1): Promise<void> {
  const written = draft(name, changes);
  await stores.warehouse.upsert(written);
  const { author, source, origin, publishedAt, title } = written;
  const put: DocumentFeatures = {
    ...features(
      lexical,
      name,
      Array.from({ length: passages }, (_, n) => `${name} ${n}`),
    ),
    attributes: attributes({ author, source, origin, publishedAt, title }),
  };
  await stores.features.putDocument(set, put);
}

async function collectedFrom(link: string, lastCollectedAt: string | null): Promise<void> {
  const addedAt = '2025-01-01T00:00:00Z';
  await stores.warehouse.putOrigin({
    link,
    crawler: 'folder',
    addedAt,
    lastCollectedAt,
    lastOutcome: {},
  });
}

/** A blog of Ada's, and Bob's letters that not everybody may see. */
async function corpus(): Promise<void> {
  await write(
    'a',
    {
      title: 'Why caches lie',
      source: 'blog',
      origin: '/blog',
      publishedAt: '2021-01-01T00:00:00.000Z',
    },
    2,
  );
  await write('b', { title: 'On harbours', source: 'blog', origin: '/blog' }, 3);
  await write(
    'c',
    {
      title: 'A letter home',
      source: 'letters',
      origin: '/letters',
      author: bob,
      publishedAt: '2025-02-01T00:00:00.000Z',
    },
    5,
  );
  await collectedFrom('/blog', '2025-03-01T00:00:00.000Z');
  await collectedFrom('/letters', '2025-04-01T00:00:00.000Z');
  await collectedFrom('/never', null);
}

describe('an overview', () => {
  test('counts all there is', async () => {
    await corpus();
    expect(await openKnowledge(stores).overview()).toEqual({
      documents: 3,
      passages: 10,
      authors: ['Ada', 'Bob'],
      sources: 2,
      earliest: '2021-01-01T00:00:00.000Z',
      latest: '2025-02-01T00:00:00.000Z',
      collectedAt: '2025-04-01T00:00:00.000Z',
    });
  });

  test('counts for an audience what it may see, and tells of nothing else', async () => {
    await corpus();
    const knowledge = openKnowledge(stores);
    const access = { sources: ['blog'] };
    expect(await knowledge.overview(access)).toEqual({
      documents: 2,
      passages: 5,
      authors: ['Ada'],
      sources: 1,
      earliest: '2021-01-01T00:00:00.000Z',
      latest: '2024-05-01T00:00:00.000Z',
      collectedAt: '2025-03-01T00:00:00.000Z',
    });
    expect(await knowledge.sources(access)).toEqual([{ name: 'blog', documents: 2 }]);
    expect(await knowledge.authors(access)).toEqual([{ id: 'ada', name: 'Ada', documents: 2 }]);
    expect(await knowledge.suggestions(9, access)).toEqual([
      'What is “On harbours” about?',
      'What is “Why caches lie” about?',
    ]);
    expect(await knowledge.overview({ since: '2024-05-01', authors: ['bob'] })).toMatchObject({
      documents: 1,
      passages: 5,
    });
    expect(await knowledge.overview({ sources: [] })).toEqual({
      documents: 0,
      passages: 0,
      authors: [],
      sources: 0,
      earliest: null,
      latest: null,
      collectedAt: null,
    });
  });

  test('has no passages while nothing is indexed', async () => {
    await stores.warehouse.upsert(draft('a'));
    const current = async () => undefined;
    const knowledge = openKnowledge({
      ...stores,
      features: { ...stores.features, current },
    });
    expect(await knowledge.overview()).toMatchObject({ documents: 1, passages: 0 });
  });

  test('is counted anew when something changed, and only then', async () => {
    await corpus();
    let counted = 0;
    const warehouse = {
      ...stores.warehouse,
      facets: (access?: object) => {
        counted += 1;
        return stores.warehouse.facets(access);
      },
    };
    const knowledge = openKnowledge({ ...stores, warehouse });
    await knowledge.overview();
    await knowledge.sources();
    await knowledge.authors();
    expect(counted).toBe(1);
    // Passages come later than documents, and are not waited for.
    await stores.features.removeDocument(set, draft('c').id);
    expect(await knowledge.overview()).toMatchObject({ documents: 3, passages: 5 });
    await stores.warehouse.tombstone([draft('c').id]);
    expect(await knowledge.overview()).toMatchObject({ documents: 2, authors: ['Ada'] });
    expect(counted).toBe(2);
  });
});

describe('suggestions', () => {
  test('are questions, from titles spread over all there are', async () => {
    for (let n = 10; n < 30; n += 1) {
      await write(`${n}`, { publishedAt: `20${n}-01-01T00:00:00.000Z`, title: `Essay of 20${n}` });
    }
    const found = await openKnowledge(stores).suggestions(4);
    expect(found).toEqual(
      ['2029', '2024', '2019', '2014'].map((year) => `What is “Essay of ${year}” about?`),
    );
  });

  test('leave questions as they are, and leave out what is too long or says nothing', async () => {
    await write('a', { title: 'Why do caches lie?', publishedAt: '2025-01-01T00:00:00.000Z' });
    await write('b', { title: 'Notes' });
    await write('c', { title: 'On and on '.repeat(12) });
    await write('d', { title: 'A queue is a promise', publishedAt: '2020-01-01T00:00:00.000Z' });
    const knowledge = openKnowledge(stores);
    const phrase = (title: string) => `Worum geht es in „${title}“?`;
    expect(await knowledge.suggestions(4, undefined, phrase)).toEqual([
      'Why do caches lie?',
      'Worum geht es in „A queue is a promise“?',
    ]);
    expect(await knowledge.suggestions(0)).toEqual([]);
  });
});

describe('the style of an audience’s part', () => {
  const loud = 'We shout here! We shout about the harbour! '.repeat(60);
  const calm = 'Nobody shouts here; the lighthouse stands still and waits for ships. '.repeat(60);

  test('is measured on what it may see alone', async () => {
    await write('loud', { source: 'blog', content: loud });
    await write('calm', { source: 'letters', content: calm });
    const knowledge = openKnowledge(stores);
    const seen = await knowledge.style({ sources: ['letters'] });
    expect(seen?.documents).toBe(1);
    expect(seen?.punctuation).toContainEqual({ mark: '!', perThousand: 0 });
    expect(JSON.stringify(seen)).not.toContain('harbour');
    expect(await knowledge.style({ sources: [] })).toBeNull();
    expect((await knowledge.style())?.documents).toBe(2);
  });

  test('is that of a sample spread over the time of writing, the same every time', async () => {
    for (let n = 0; n < 150; n += 1) {
      const publishedAt = new Date(Date.UTC(2020, 0, 1 + n)).toISOString();
      await write(`${n}`, { publishedAt, content: `We counted ${n} ships today. It was calm.` });
    }
    const read: string[] = [];
    const warehouse = {
      ...stores.warehouse,
      get: (id: string) => {
        read.push(id);
        return stores.warehouse.get(id);
      },
    };
    const first = await openKnowledge({ ...stores, warehouse }).style();
    expect(first?.documents).toBe(100);
    const order = (await stores.warehouse.titles(150)).map(({ id }) => id);
    const places = read.map((id) => order.indexOf(id));
    expect(places.slice(0, 4)).toEqual([0, 1, 3, 4]);
    expect(places.at(-1)).toBe(148);
    expect(await openKnowledge(stores).style()).toEqual(first);
  });

  test('lets others run between documents', async () => {
    for (let n = 0; n < 40; n += 1) await write(`${n}`, { content: loud });
    let immediates = 0;
    let over = false;
    const tick = () => {
      immediates += 1;
      if (!over) setImmediate(tick);
    };
    setImmediate(tick);
    await openKnowledge(stores).style();
    over = true;
    expect(immediates).toBeGreaterThanOrEqual(40);
  });
});

describe('the playground’s status', () => {
  test('shows what is known, with the sets beside it', async () => {
    await corpus();
    const next = await stores.features.createSet(manifest('next'));
    const read = openStatusReader({
      knowledge: openKnowledge(stores),
      features: stores.features,
    });
    expect(await read()).toEqual({
      documents: 3,
      indexed: { set, documents: 3, chunks: 10 },
      building: { set: next.id, documents: 0 },
      collectedAt: '2025-04-01T00:00:00.000Z',
      authors: ['Ada', 'Bob'],
      suggestions: ['A letter home', 'On harbours', 'Why caches lie'].map(
        (title) => `What is “${title}” about?`,
      ),
    });
  });
});
