import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countBehind } from '../../../pipelines/feature/behind.ts';
import { chunkPolicy } from '../../../pipelines/feature/policy.ts';
import {
  type FeatureEvent,
  rollback,
  type SyncOptions,
  syncFeatures,
} from '../../../pipelines/feature/sync.ts';
import type { Embedder } from '../../../pipelines/serving/embed/port.ts';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import { queryTerms } from '../../../pipelines/stores/features/lexical.ts';
import type { ChunkPolicy } from '../../../pipelines/stores/features/manifest.ts';
import type { FeatureStore } from '../../../pipelines/stores/features/port.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import { type EmbeddedStores, openEmbedded } from '../../../pipelines/stores/open.ts';
import { draft } from './documents.ts';

let home: string;
let stores: EmbeddedStores;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy-sync-'));
  stores = openEmbedded(home);
});
afterEach(async () => {
  await stores.close();
  rmSync(home, { recursive: true, force: true });
});

const size = { target: 20, max: 40, overlap: 0 };
const other: ChunkPolicy = {
  ...chunkPolicy,
  sizes: { post: size, article: size, repository: size, note: size },
};

async function drain(events: AsyncIterable<FeatureEvent>): Promise<FeatureEvent[]> {
  return await Array.fromAsync(events);
}
const sync = (options: SyncOptions = {}, embedder: Embedder | null = null) =>
  drain(syncFeatures({ ...stores, embedder }, options));

function only<T extends FeatureEvent['type']>(events: readonly FeatureEvent[], type: T) {
  return events.filter((event): event is Extract<FeatureEvent, { type: T }> => event.type === type);
}
const put = (name: string, content: string) => stores.warehouse.upsert(draft(name, content));
const idOf = (name: string) => documentId(draft(name, '').link);

async function titlesFor(question: string): Promise<string[]> {
  const set = await stores.features.current();
  const found = await stores.features.searchLexical(set?.id ?? '', queryTerms(question), {
    limit: 5,
  });
  return found.map(({ chunk }) => chunk.attributes.title);
}

describe('a first run', () => {
  test('builds a set of every document, switches to it, and says so in order', async () => {
    await put('cache', 'The cache evicts keys.');
    await put('queue', 'The queue keeps jobs.');
    const events = await sync();
    expect(events.map(({ type }) => type)).toEqual([
      'plan',
      'document',
      'document',
      'switched',
      'summary',
    ]);
    expect(events[0]).toMatchObject({ put: 2, remove: 0, unchanged: 0, building: true });
    expect(events.at(-1)).toMatchObject({ documents: 2, chunks: 2, failed: 0, removed: 0 });
    expect(await titlesFor('which keys are evicted?')).toContain('About cache');
  });

  test('of an empty warehouse makes an empty set', async () => {
    expect(only(await sync(), 'summary')).toMatchObject([{ documents: 0, chunks: 0 }]);
    expect((await stores.features.current())?.documents).toBe(0);
  });

  test('indexes the rest when one document cannot be', async () => {
    await put('good', 'A good one.');
    await put('bad', 'A bad one.');
    const features: FeatureStore = {
      ...stores.features,
      putDocument: async (set, made) => {
        if (made.documentId === idOf('bad')) {
          throw new PermanentError('no room', { code: 'test.bad', hint: 'make room' });
        }
        await stores.features.putDocument(set, made);
      },
    };
    const events = await drain(syncFeatures({ ...stores, features, embedder: null }));
    const failed = only(events, 'document').filter(({ outcome }) => outcome === 'failed');
    expect(failed).toMatchObject([
      {
        documentId: idOf('bad'),
        reason: { code: 'test.bad', message: 'no room', hint: 'make room' },
      },
    ]);
    expect(only(events, 'summary')).toMatchObject([{ documents: 1, failed: 1 }]);
    expect((await stores.features.current())?.documents).toBe(1);
  });
});

describe('later runs', () => {
  beforeEach(async () => {
    await put('cache', 'The cache evicts keys.');
    await put('queue', 'The queue keeps jobs.');
    await sync();
  });

  test('do nothing when nothing changed', async () => {
    expect((await sync()).map(({ type }) => type)).toEqual(['plan', 'summary']);
  });

  test('write only what changed', async () => {
    await put('cache', 'The cache now expires sessions.');
    const events = await sync();
    expect(only(events, 'plan')).toMatchObject([{ put: 1, unchanged: 1, building: false }]);
    expect(await titlesFor('expires sessions')).toContain('About cache');
    const set = await stores.features.current();
    expect(set).toMatchObject({ documents: 2, chunks: 2 });
  });

  test('take out what vanished', async () => {
    await stores.warehouse.tombstone([idOf('cache')]);
    expect(only(await sync(), 'summary')).toMatchObject([{ removed: 1, documents: 0 }]);
    expect(await titlesFor('cache evicts keys')).not.toContain('About cache');
  });

  test('take out of every set what was forgotten', async () => {
    await sync({ policy: other });
    const [first] = await stores.features.sets();
    await stores.warehouse.forget([idOf('cache')]);
    await sync({ policy: other });
    for (const set of await stores.features.sets()) expect(set.documents).toBe(1);
    expect(first?.state).toBe('retired');
  });

  test('rebuild makes every document anew in place', async () => {
    const before = await stores.features.current();
    const events = await sync({ rebuild: true });
    expect(only(events, 'summary')).toMatchObject([{ documents: 2 }]);
    expect(await stores.features.current()).toEqual(before);
  });

  test('stop when asked to, and go on later', async () => {
    await put('third', 'One more.');
    await expect(sync({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    expect(only(await sync(), 'summary')).toMatchObject([{ documents: 1 }]);
  });

  test('let others on the event loop have a turn', async () => {
    for (let n = 0; n < 300; n++) await put(`more-${n}`, `Document ${n} says this. `.repeat(40));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await sync();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('another policy', () => {
  const text = 'The cache evicts keys. It is full at noon. '.repeat(20);
  beforeEach(async () => {
    for (const name of ['cache', 'queue', 'flour']) await put(name, `About ${name}. ${text}`);
    await sync();
  });

  test('builds a new set beside the old one and switches', async () => {
    const before = await stores.features.current();
    const events = await sync({ policy: other });
    const [switched] = only(events, 'switched');
    expect(switched?.from).toBe(before?.id);
    const now = await stores.features.current();
    expect(now?.id).toBe(switched?.set);
    expect(now?.chunks).toBeGreaterThan(before?.chunks ?? 0);
    expect(await stores.features.previous()).toMatchObject({ id: before?.id, state: 'retired' });
  });

  test('keeps one set for rollback and drops older ones', async () => {
    const third = { ...other, version: 2 };
    await sync({ policy: other });
    const events = await sync({ policy: third });
    expect(only(events, 'dropped')).toHaveLength(1);
    expect(await stores.features.sets()).toHaveLength(2);
  });

  test('does not switch when documents are missing, and keeps the old set up to date', async () => {
    const before = await stores.features.current();
    await put('late', 'Something about marmalade.');
    const features: FeatureStore = {
      ...stores.features,
      putDocument: async (set, made) => {
        if (set !== before?.id && made.documentId === idOf('queue')) throw new Error('broken');
        await stores.features.putDocument(set, made);
      },
    };
    const events = await drain(
      syncFeatures({ ...stores, features, embedder: null }, { policy: other }),
    );
    expect(only(events, 'refused')).toMatchObject([
      { current: before?.id, reason: { code: 'features.incomplete' } },
    ]);
    expect((await stores.features.current())?.id).toBe(before?.id);
    expect(await titlesFor('marmalade')).toEqual(['About late']);
  });

  test('does not switch to a set that finds less', async () => {
    const before = await stores.features.current();
    const features: FeatureStore = {
      ...stores.features,
      searchLexical: async (set, terms, options) =>
        set === before?.id ? await stores.features.searchLexical(set, terms, options) : [],
    };
    const events = await drain(
      syncFeatures({ ...stores, features, embedder: null }, { policy: other }),
    );
    expect(only(events, 'refused')).toMatchObject([{ reason: { code: 'features.recall' } }]);
    expect((await stores.features.current())?.id).toBe(before?.id);
  });

  test('goes on where a build was interrupted', async () => {
    const stop = new AbortController();
    const interrupted = (async () => {
      const events = syncFeatures(
        { ...stores, embedder: null },
        { policy: other, signal: stop.signal },
      );
      for await (const event of events)
        if (event.type === 'document') stop.abort(new Error('killed'));
    })();
    await expect(interrupted).rejects.toThrow('killed');
    const events = await sync({ policy: other });
    expect(only(events, 'plan')).toMatchObject([{ put: 2, unchanged: 1, building: true }]);
    expect(only(events, 'switched')).toHaveLength(1);
  });
});

describe('rollback', () => {
  test('without a former set is refused', async () => {
    await sync();
    const events = await drain(rollback({ ...stores, embedder: null }));
    expect(only(events, 'refused')).toMatchObject([{ reason: { code: 'features.no-previous' } }]);
  });

  test('brings the former set up to date and switches to it; later runs keep to it until a rebuild', async () => {
    await put('cache', 'The cache evicts keys.');
    await sync();
    const first = await stores.features.current();
    await sync({ policy: other });
    const second = await stores.features.current();
    await put('late', 'Something about marmalade.');

    const events = await drain(rollback({ ...stores, embedder: null }));
    expect(only(events, 'switched')).toMatchObject([{ set: first?.id, from: second?.id }]);
    expect(await titlesFor('marmalade')).toEqual(['About late']);

    await put('later', 'Something about treacle.');
    const held = await sync({ policy: other });
    expect(only(held, 'held')).toMatchObject([{ set: first?.id, wanted: second?.id }]);
    expect(await titlesFor('treacle')).toEqual(['About later']);

    await sync({ policy: other, rebuild: true });
    expect((await stores.features.current())?.id).toBe(second?.id);
    expect(await titlesFor('treacle')).toEqual(['About later']);
  });

  test('to a set that cannot be written any more says how far it is behind, and what is gone is gone', async () => {
    const embedder = fakeEmbedder();
    await put('cache', 'The cache evicts keys.');
    await put('queue', 'The queue keeps jobs.');
    await sync({}, embedder);
    await sync();
    await stores.warehouse.tombstone([idOf('queue')]);
    await put('late', 'Something about marmalade.');
    const events = await drain(rollback({ ...stores, embedder: null }));
    expect(only(events, 'behind')).toMatchObject([{ documents: 1 }]);
    const current = await stores.features.current();
    expect(current?.manifest.embedder?.name).toBe('fake');
    expect(await countBehind(stores, current?.id ?? '')).toBe(1);
  });
});

test('an embedder gives every chunk a vector, long passages in parts', async () => {
  await put('cache', 'The cache evicts keys. '.repeat(100));
  await sync({ batch: 2 }, fakeEmbedder(200));
  const set = await stores.features.current();
  const found = await stores.features.searchDense(set?.id ?? '', new Float32Array([1, 0]), {
    limit: 9,
  });
  expect(found).toHaveLength(set?.chunks ?? 0);
});

test('two processes at once come to the same set', async () => {
  for (let n = 0; n < 120; n++) await put(`doc-${n}`, `Document ${n} says something. `.repeat(30));
  const child = join(import.meta.dirname, 'sync-child.ts');
  const run = () => promisify(execFile)(process.execPath, [child, home]);
  const results = await Promise.all([run(), run()]);
  for (const { stdout } of results) expect(JSON.parse(stdout)).toMatchObject({ failed: 0 });
  const set = await stores.features.current();
  expect(set?.documents).toBe(120);
  const ids = new Set<string>();
  for await (const { id } of stores.warehouse.heads()) {
    for await (const chunk of stores.features.documentChunks(set?.id ?? '', id)) ids.add(chunk.id);
  }
  expect(ids.size).toBe(set?.chunks);
  expect(await countBehind(stores, set?.id ?? '')).toBe(0);
});

/** Two dimensions, from the length of the text; refuses more than `longest` characters. */
function fakeEmbedder(longest = 10_000): Embedder {
  return {
    identity: { name: 'fake', revision: '1', dimensions: 2 },
    maxTokens: longest,
    embed: async (texts) =>
      texts.map((text) => {
        if (text.length > longest) throw new PermanentError('too long', { code: 'embed.too-long' });
        return new Float32Array([Math.cos(text.length), Math.sin(text.length)]);
      }),
    close: async () => {},
  };
}
