import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransientError } from '../../../../../pipelines/stores/errors.ts';
import { featureSetId } from '../../../../../pipelines/stores/features/manifest.ts';
import type { FeatureStore } from '../../../../../pipelines/stores/features/port.ts';
import { collected, features, manifest } from '../../../../conformance/fixtures.ts';
import { type QdrantServer, startQdrant } from '../../../../servers/qdrant/server.ts';
import { placeOn } from './place.ts';

const made = manifest('writing');
const set = featureSetId(made);
const words = [{ term: 'words', weight: 1 }];
const batch = /POST .*\/points\/batch/;

let server: QdrantServer;
let place: ReturnType<typeof placeOn>;
let store: FeatureStore;
beforeEach(async () => {
  server = await startQdrant();
  place = placeOn({ url: server.url, apiKey: undefined });
  store = await place.open();
  await store.createSet(made);
});
afterEach(async () => {
  server.behave();
  await place.close();
  await server.close();
  expect(server.violations).toEqual([]);
});

const put = (revision: number, passages: readonly string[], name = 'one') =>
  features(made, name, passages, { revision });
const shown = async (from = store) => {
  const found = await from.searchLexical(set, words, { limit: 20 });
  return found.map(({ chunk }) => chunk.text).sort();
};
const points = (type: string) =>
  server
    .collection(`${place.prefix}-${set}`)!
    .points.filter(({ payload }) => payload['type'] === type);

describe('a write that is killed', () => {
  const old = ['old words', 'more old words'];
  const fresh = ['new words', 'newer words', 'newest words'];

  /** Every request of a put in turn is lost: before it is done, or after it with its reply. */
  const cuts = [0, 1, 2, 3, 4, 5].flatMap((after) =>
    [false, true].map((done) => ({ after, done })),
  );
  test.each(cuts)(
    'before or after any of its requests shows all of one revision ($after, $done)',
    async ({ after, done }) => {
      await store.putDocument(set, put(1, old));
      server.misbehave({ kind: 'cut', done }, { after });
      await expect(store.putDocument(set, put(2, fresh))).rejects.toBeInstanceOf(TransientError);
      server.behave();
      const reader = await place.open();
      expect([old.toSorted(), fresh.toSorted()]).toContainEqual(await shown(reader));
      await store.putDocument(set, put(2, fresh));
      expect(await shown(reader)).toEqual(fresh.toSorted());
      expect(points('chunk')).toHaveLength(3);
      expect(points('intent')).toEqual([]);
    },
  );

  test('leaves nothing behind once its time is over', async () => {
    await store.putDocument(set, put(1, old));
    // The points arrive, the head does not: what a process leaves that dies in between.
    server.misbehave({ kind: 'cut' }, { on: batch, after: 1 });
    const many = Array.from({ length: 250 }, (_, n) => `words ${n}`);
    await expect(store.putDocument(set, put(2, many))).rejects.toBeInstanceOf(TransientError);
    server.behave();
    expect(points('chunk')).toHaveLength(2 + 100);
    expect(await shown()).toEqual(old.toSorted());

    await place.open();
    expect(points('chunk')).toHaveLength(102);
    await place.open({ graceMs: 0 });
    expect(points('chunk')).toHaveLength(2);
    expect(points('intent')).toEqual([]);
    expect(await shown()).toEqual(old.toSorted());
  });

  test('after its head moved leaves only what is no longer shown, and that goes, too', async () => {
    await store.putDocument(set, put(1, old));
    server.misbehave({ kind: 'cut' }, { on: batch, after: 1 });
    await expect(store.putDocument(set, put(2, fresh))).rejects.toBeInstanceOf(TransientError);
    server.behave();
    expect(points('chunk')).toHaveLength(5);
    expect(await shown()).toEqual(fresh.toSorted());
    await place.open({ graceMs: 0 });
    expect(points('chunk')).toHaveLength(3);
    expect(await shown()).toEqual(fresh.toSorted());
  });

  test('does not stand in the way of removing the document', async () => {
    await store.putDocument(set, put(1, old));
    server.misbehave({ kind: 'cut' }, { on: batch, after: 1 });
    await expect(store.putDocument(set, put(2, fresh))).rejects.toThrow();
    server.behave();
    await store.removeDocument(set, put(1, []).documentId);
    expect(await shown()).toEqual([]);
    expect(points('chunk')).toEqual([]);
  });
});

describe('writers at once', () => {
  test('leave one whole revision, the newest, whoever is last', async () => {
    const other = await place.open();
    const revisions = Array.from({ length: 12 }, (_, n) => n + 1);
    const shuffled = revisions.toSorted((a, b) => ((a * 7) % 13) - ((b * 7) % 13));
    await Promise.all(
      shuffled.map((revision, at) =>
        [store, other][at % 2]!.putDocument(
          set,
          put(revision, [`words a${revision}`, `words b${revision}`]),
        ),
      ),
    );
    expect(await shown()).toEqual(['words a12', 'words b12']);
    expect(points('chunk')).toHaveLength(2);
    expect(await collected(store.revisions(set))).toMatchObject([{ revision: 12 }]);
  });

  test('who come late with an older revision change nothing, and leave nothing', async () => {
    await store.putDocument(set, put(1, ['words']));
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    server.misbehave({ kind: 'wait', gate }, { on: batch, times: 1 });
    const late = store.putDocument(set, put(2, ['late words']));
    await server.until(
      () => server.open() > 0 && server.requests.at(-1)?.path.endsWith('/batch') === true,
    );
    const other = await place.open();
    await other.putDocument(set, put(3, ['new words']));
    open();
    await late;
    expect(await shown()).toEqual(['new words']);
    expect(points('chunk')).toHaveLength(1);
    expect(points('intent')).toEqual([]);
  });

  test('of the same revision leave one of both, whole', async () => {
    const other = await place.open();
    for (let round = 1; round <= 10; round += 1) {
      await Promise.all([
        store.putDocument(set, put(round, ['words left', 'words left too'])),
        other.putDocument(set, put(round, ['words right'])),
      ]);
      expect([['words left', 'words left too'], ['words right']]).toContainEqual(await shown());
    }
  });

  test('never show half of a document to those who read meanwhile', async () => {
    const reader = await place.open();
    const versions = Array.from({ length: 20 }, (_, n) =>
      put(
        n + 1,
        Array.from({ length: 1 + (n % 5) }, (__, at) => `words ${n + 1} ${at}`),
      ),
    );
    await store.putDocument(set, versions[0]!);
    let writing = true;
    const written = (async () => {
      for (const version of versions) await store.putDocument(set, version);
      writing = false;
    })();
    while (writing) {
      const found = await reader.searchLexical(set, words, { limit: 50 });
      const revision = found[0]?.chunk.revision ?? 0;
      expect(found.map(({ chunk }) => chunk.text).sort()).toEqual(
        versions[revision - 1]?.chunks.map((chunk) => chunk.text),
      );
      const all = await reader.neighbours(set, versions[0]!.documentId, 0, 99);
      expect(all).toEqual(versions[(all[0]?.revision ?? 0) - 1]?.chunks);
      const known = found.map(({ chunk }) => chunk.id);
      const again = await reader.chunks(set, known);
      expect(new Set(again.map((chunk) => chunk.revision)).size).toBeLessThanOrEqual(1);
    }
    await written;
  });
});

test('what is forgotten is gone from the server, unfinished writes included', async () => {
  await store.putDocument(set, put(1, ['words']));
  await store.putDocument(set, put(1, ['other words'], 'two'));
  server.misbehave({ kind: 'cut' }, { on: batch });
  await expect(store.putDocument(set, put(2, ['secret words']))).rejects.toThrow();
  server.behave();
  await store.forget([put(1, []).documentId]);
  const left = JSON.stringify(server.collection(`${place.prefix}-${set}`)?.points);
  expect(left).not.toContain(put(1, []).documentId);
  expect(await shown()).toEqual(['other words']);
});
