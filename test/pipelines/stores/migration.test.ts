import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { featureSetId } from '../../../pipelines/stores/features/manifest.ts';
import {
  type MigrationEvent,
  migrate,
  type Side,
} from '../../../pipelines/stores/migration/migrate.ts';
import { mongoExact } from '../../../pipelines/stores/migration/mongo.ts';
import { sqliteExact } from '../../../pipelines/stores/migration/sqlite.ts';
import { type EmbeddedStores, openEmbedded, openStores } from '../../../pipelines/stores/open.ts';
import type { ReleaseSpec } from '../../../pipelines/stores/registry/release.ts';
import { collected, draft, features, manifest } from '../../conformance/fixtures.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';
import { temporaryHome } from './temporary.ts';
import { mongoHouse, type TemporaryMongo } from './temporary-mongo.ts';

type Place = { readonly side: Side; readonly stores: EmbeddedStores };

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function file(): Place {
  const home = temporaryHome();
  const stores = openEmbedded(home.home);
  closing.push(() => home.close(), stores.close);
  return { stores, side: { name: 'file', ...stores, exact: sqliteExact(stores.database) } };
}

const rooms = { records: true, features: true };
const both = [
  manifest('words'),
  { ...manifest('vectors', 3), headers: { model: 'tgi:m@1', prompt: 'p1' } },
];
const spec = (model: string): ReleaseSpec => ({
  twin: 'ada',
  generator: { engine: 'tgi', model, revision: 'abc', adapter: null },
  prompt: null,
  retrieval: { limit: 8 },
  reranker: 'none',
  features: { lexical: 'porter-1', embedder: null },
  lineage: { code: null, parent: null, trainingSet: null, report: null },
});

/** Some of everything that stores keep. */
async function live({
  warehouse,
  features: store,
  registry,
  artefacts,
  headerStore,
}: EmbeddedStores) {
  for (const name of ['one', 'two', 'three', 'gone', 'forgotten'])
    await warehouse.upsert(draft(name));
  await warehouse.upsert(draft('two', { content: 'Another second.', extras: { b: 1, a: [2] } }));
  await warehouse.tombstone([draft('gone').id]);
  await warehouse.forget([draft('forgotten').id]);
  await warehouse.putOrigin({
    link: 'https://example.org/',
    crawler: 'feed',
    addedAt: '2025-01-01T00:00:00.000Z',
    lastCollectedAt: null,
    lastOutcome: { created: 4 },
  });
  await warehouse.putFetchMemory('https://example.org/one', {
    etag: '"x"',
    documentId: draft('one').id,
  });
  await warehouse.putFetchMemory('https://example.org/\u{1F600}', { fingerprint: '1:2:3' });
  const [words, vectors] = both;
  for (const made of [words!, vectors!]) {
    await store.createSet(made);
    const numbers = made.embedder
      ? {
          vectors: [
            [1, 0, 0],
            [0.6, 0.8, 0],
          ],
        }
      : {};
    const put = features(made, 'one', ['first words', 'more words'], {
      ...numbers,
      context: 'Ada',
    });
    await store.putDocument(featureSetId(made), put);
    await store.putDocument(
      featureSetId(made),
      features(made, 'empty', [], made.embedder ? { vectors: [] } : {}),
    );
  }
  await store.switchTo(featureSetId(words!), undefined);
  await store.switchTo(featureSetId(vectors!), featureSetId(words!));
  const headed = (await warehouse.get(draft('one').id))!;
  await headerStore.put('tgi:m@1 p1', headed, [{ start: 0, end: 5, text: 'A beginning.' }]);
  await artefacts.put(Buffer.from('prints'), {
    name: 'prints.json',
    mediaType: 'application/json',
  });
  const [a, b] = [await registry.register(spec('a')), await registry.register(spec('b'))];
  const by = { person: 'grace', reason: 'good' };
  await registry.move({ twin: 'ada', release: a.id, to: 'production', by, expected: 2 });
  await registry.move({ twin: 'ada', release: b.id, to: 'production', by, expected: 3 });
}

/** All of it, as the ports tell it. */
async function told({
  warehouse,
  features: store,
  registry,
  artefacts,
  headerStore,
}: EmbeddedStores) {
  const sets = await store.sets();
  return {
    documents: await collected(warehouse.documents()),
    heads: await collected(warehouse.heads()),
    refused: (await warehouse.upsert(draft('forgotten'))).outcome,
    origins: await warehouse.origins(),
    memories: [
      await warehouse.fetchMemory('https://example.org/one'),
      await warehouse.fetchMemory('https://example.org/\u{1F600}'),
    ],
    current: (await store.current())?.id,
    previous: (await store.previous())?.id,
    features: await Promise.all(
      both.map((made) =>
        store.documentFeatures(featureSetId(made), features(made, 'one', []).documentId),
      ),
    ),
    counts: sets.map(({ id, documents, chunks }) => [id, documents, chunks]).sort(),
    found: (
      await store.searchLexical(featureSetId(both[0]!), [{ term: 'first', weight: 1 }], {
        limit: 5,
      })
    ).map(({ chunk }) => chunk),
    headers: await headerStore.get('tgi:m@1 p1', (await warehouse.get(draft('one').id))!),
    artefacts: await collected(artefacts.list()),
    releases: await registry.releases('ada'),
    ledger: await registry.ledger('ada'),
    production: (await registry.at('ada', 'production'))?.id,
  };
}

const moved = (from: Place, to: Place, signal?: AbortSignal) =>
  collected(migrate(from.side, to.side, rooms, signal ? { signal } : {}));
const verdicts = (events: readonly MigrationEvent[]) =>
  events.flatMap((event) =>
    event.type === 'verified' ? [[event.part, event.equal] as const] : [],
  );

describe('moving everything from one file to another', () => {
  test('brings over every kind of thing exactly, and says that it is the same', async () => {
    const [from, to] = [file(), file()];
    await live(from.stores);
    const events = await moved(from, to);
    expect(verdicts(events).map(([part]) => part)).toEqual([
      'promises to forget',
      'documents',
      'links',
      'fetch memory',
      'artefacts',
      'ledger',
      `features ${featureSetId(both[0]!)}`,
      `features ${featureSetId(both[1]!)}`,
    ]);
    expect(verdicts(events).every(([, equal]) => equal)).toBe(true);
    expect(await told(to.stores)).toEqual(await told(from.stores));
  });

  test('moves nothing the second time', async () => {
    const [from, to] = [file(), file()];
    await live(from.stores);
    await moved(from, to);
    const before = await to.stores.warehouse.version();
    const again = await moved(from, to);
    const counts = again.flatMap((event) =>
      event.type === 'progress' && event.part !== 'headers' ? [event.moved] : [],
    );
    expect(Math.max(...counts)).toBe(0);
    expect(await to.stores.warehouse.version()).toBe(before);
  });

  test('goes on where it was interrupted', async () => {
    const [from, to] = [file(), file()];
    await live(from.stores);
    const stop = new AbortController();
    const interrupted = (async () => {
      for await (const event of migrate(from.side, to.side, rooms, { signal: stop.signal })) {
        if (event.type === 'progress' && event.part === 'documents')
          stop.abort(new Error('enough'));
      }
    })();
    await expect(interrupted).rejects.toThrow('enough');
    expect(await to.stores.features.current()).toBeUndefined();
    await moved(from, to);
    expect(await told(to.stores)).toEqual(await told(from.stores));
  });

  test('brings what changed since, and says so where it does not', async () => {
    const [from, to] = [file(), file()];
    await live(from.stores);
    await moved(from, to);
    await from.stores.warehouse.upsert(draft('one', { content: 'Rewritten.' }));
    await from.stores.warehouse.tombstone([draft('three').id]);
    let events: MigrationEvent[] = [];
    for await (const event of migrate(from.side, to.side, rooms)) {
      // Written while the comparison is under way.
      if (
        event.type === 'switched' ||
        (event.type === 'verified' && event.part === 'promises to forget')
      ) {
        await from.stores.warehouse.upsert(draft('late'));
      }
      events.push(event);
    }
    expect(new Map(verdicts(events)).get('documents')).toBe(false);
    events = [...(await moved(from, to))];
    expect(verdicts(events).every(([, equal]) => equal)).toBe(true);
    expect(await told(to.stores)).toEqual(await told(from.stores));
  });

  test('refuses a target that holds the writing of others', async () => {
    const [from, to] = [file(), file()];
    await live(from.stores);
    await to.stores.warehouse.upsert(draft('somebody else'));
    await expect(moved(from, to)).rejects.toMatchObject({ code: 'migrate.strangers' });
    // Before anything was written there.
    expect((await to.stores.warehouse.facets()).documents).toBe(1);
  });

  test('takes along what was forgotten, removed and withdrawn since an earlier run', async () => {
    const [from, to] = [file(), file()];
    await live(from.stores);
    await moved(from, to);
    await from.stores.warehouse.forget([draft('one').id]);
    await from.stores.features.forget([draft('one').id]);
    await from.stores.warehouse.removeOrigin('https://example.org/');
    expect(verdicts(await moved(from, to)).every(([, equal]) => equal)).toBe(true);
    expect(await to.stores.warehouse.get(draft('one').id)).toBeUndefined();
    expect((await to.stores.warehouse.upsert(draft('one'))).outcome).toBe('refused');
    expect(await to.stores.warehouse.origins()).toEqual([]);
  });

  test('never rewrites a ledger', async () => {
    const [from, to] = [file(), file()];
    await live(from.stores);
    await to.stores.registry.register(spec('c'));
    await expect(moved(from, to)).rejects.toMatchObject({ code: 'migrate.ledger' });
    expect(await to.stores.registry.ledger('ada')).toHaveLength(1);
  });
});

describe.skipIf(!hasMongo)('moving from a file to MongoDB and back', () => {
  let house: Awaited<ReturnType<typeof mongoHouse>>;
  let database: TemporaryMongo;
  beforeAll(async () => {
    house = await mongoHouse();
  });
  afterAll(() => house.stop());

  /** Records in MongoDB, features in a file of their own. */
  async function server(): Promise<Place> {
    database = house.database();
    const home = temporaryHome();
    const stores = await openStores({ home: home.home, mongo: database.url, qdrant: null });
    closing.push(
      () => database.close(),
      () => home.close(),
      stores.close,
    );
    if (!stores.mongo) throw new Error('MongoDB was not opened.');
    return { stores, side: { name: 'MongoDB', ...stores, exact: await mongoExact(stores.mongo) } };
  }

  test('keeps everything on the way there and on the way back', async () => {
    const [from, there, back] = [file(), await server(), file()];
    await live(from.stores);
    expect(verdicts(await moved(from, there)).every(([, equal]) => equal)).toBe(true);
    expect(await told(there.stores)).toEqual(await told(from.stores));
    // Life goes on there, with the numbers that it had here.
    expect(
      (await there.stores.warehouse.upsert(draft('two', { content: 'Third.' }))).revision,
    ).toBe(3);
    expect((await there.stores.warehouse.upsert(draft('gone'))).revision).toBe(3);
    await there.stores.warehouse.forget([draft('three').id]);
    await there.stores.features.forget([draft('three').id]);
    expect(verdicts(await moved(there, back)).every(([, equal]) => equal)).toBe(true);
    expect(await told(back.stores)).toEqual(await told(there.stores));
    expect((await back.stores.warehouse.upsert(draft('three'))).outcome).toBe('refused');
  });

  test('moves nothing the second time', async () => {
    const [from, there] = [file(), await server()];
    await live(from.stores);
    await moved(from, there);
    const again = await moved(from, there);
    const counts = again.flatMap((event) =>
      event.type === 'progress' && event.part !== 'headers' ? [event.moved] : [],
    );
    expect(Math.max(...counts)).toBe(0);
  });

  test('refuses a ledger that says something else', async () => {
    const [from, there] = [file(), await server()];
    await live(from.stores);
    await there.stores.registry.register(spec('c'));
    await expect(moved(from, there)).rejects.toMatchObject({ code: 'migrate.ledger' });
  });
});
