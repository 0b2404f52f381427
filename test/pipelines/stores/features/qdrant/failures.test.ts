import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PermanentError, TransientError } from '../../../../../pipelines/stores/errors.ts';
import { featureSetId } from '../../../../../pipelines/stores/features/manifest.ts';
import type { FeatureStore } from '../../../../../pipelines/stores/features/port.ts';
import { openQdrantFeatures } from '../../../../../pipelines/stores/features/qdrant/adapter.ts';
import { features, manifest } from '../../../../conformance/fixtures.ts';
import {
  broken,
  type QdrantServer,
  rateLimited,
  startQdrant,
} from '../../../../servers/qdrant/server.ts';
import { placeOn } from './place.ts';

const made = manifest('failing');
const set = featureSetId(made);
const words = [{ term: 'words', weight: 1 }];

let server: QdrantServer;
let place: ReturnType<typeof placeOn>;
let store: FeatureStore;
beforeEach(async () => {
  server = await startQdrant();
  place = placeOn({ url: server.url, apiKey: undefined });
  store = await place.open();
  await store.createSet(made);
  await store.putDocument(set, features(made, 'one', ['some words']));
});
afterEach(async () => {
  vi.restoreAllMocks();
  server.behave();
  await place.close();
  await server.close();
});
const search = (from = store, signal?: AbortSignal) =>
  from.searchLexical(set, words, { limit: 1, ...(signal && { signal }) });

describe('a server that is busy', () => {
  test('is asked again, a few times', async () => {
    server.misbehave(rateLimited(), { times: 2 });
    expect(await search()).toHaveLength(1);
    server.misbehave(rateLimited(), { times: 2 });
    await store.putDocument(set, features(made, 'two', ['other words']));
    expect(await store.count(set)).toEqual({ documents: 2, chunks: 2 });
  });

  test('that asks for longer than is worth waiting is left alone, and the caller told for how long', async () => {
    server.misbehave(rateLimited(9));
    const before = server.requests.length;
    await expect(search()).rejects.toMatchObject({
      name: 'TransientError',
      code: 'qdrant.busy',
      retryAfterMs: 9_000,
    });
    expect(server.requests.length - before).toBeLessThanOrEqual(2);
  });
});

describe('a failure', () => {
  test.each([500, 503] as const)('of the server itself (%d) is transient', async (status) => {
    server.misbehave(broken(status));
    await expect(search()).rejects.toMatchObject({ name: 'TransientError', code: 'qdrant.failed' });
    const put = store.putDocument(set, features(made, 'one', ['x'], { revision: 2 }));
    await expect(put).rejects.toBeInstanceOf(TransientError);
  });

  test('to reach it is transient, and says where to look', async () => {
    await server.down();
    const failed = await search().catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: 'TransientError', code: 'qdrant.unreachable' });
    expect(String(failed)).toContain('ECONNREFUSED');
    await server.up();
    expect(await search()).toHaveLength(1);
  });

  test.each(['garbage', 'half'] as const)(
    'in the middle of a reply (%s) is transient',
    async (kind) => {
      server.misbehave({ kind });
      await expect(search()).rejects.toBeInstanceOf(TransientError);
    },
  );

  test('to answer in time is transient', async () => {
    const hasty = await place.open({ timeoutMs: 300 });
    server.misbehave({ kind: 'hang' });
    await expect(search(hasty)).rejects.toMatchObject({
      name: 'TransientError',
      code: 'qdrant.timeout',
    });
  });

  test('to get in is permanent, and names the variable', async () => {
    const strict = await startQdrant({ apiKey: 'secret' });
    const denied = openQdrantFeatures({ url: strict.url, apiKey: 'wrong' });
    await expect(denied).rejects.toMatchObject({ name: 'PermanentError', code: 'qdrant.refused' });
    await expect(denied).rejects.toMatchObject({ hint: expect.stringContaining('QDRANT_API_KEY') });
    await strict.close();
  });
});

test('an asker who leaves is not kept waiting, and the request is ended', async () => {
  await search();
  server.misbehave({ kind: 'hang' });
  const leaving = new AbortController();
  const asked = search(store, leaving.signal);
  const refused = expect(asked).rejects.toThrow('left');
  await server.until(() => server.open() > 0);
  leaving.abort(new Error('left'));
  await refused;
  await server.until(() => server.open() === 0);
});

test('a key goes along over plain http, a path stays in front, and nothing is printed', async () => {
  const printed = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error'), vi.spyOn(console, 'log')];
  const guarded = await startQdrant({ apiKey: 'secret' });
  const own = placeOn({ url: guarded.url, apiKey: 'secret' });
  const opened = await own.open();
  await opened.createSet(made);
  expect(guarded.requests.every(({ headers }) => headers['api-key'] === 'secret')).toBe(true);
  for (const each of printed) expect(each).not.toHaveBeenCalled();
  await own.close();
  await guarded.close();
  const behind = openQdrantFeatures({ url: `${server.url}/stores/qdrant/` });
  await expect(behind).rejects.toBeInstanceOf(PermanentError);
  expect(server.requests.at(-1)?.path).toBe('/stores/qdrant/');
});

test('a server that knows no conditional writes is refused before anything is written', async () => {
  const old = await startQdrant({ version: '1.15.3' });
  await expect(openQdrantFeatures({ url: old.url })).rejects.toMatchObject({
    code: 'qdrant.too-old',
  });
  expect(old.collections()).toEqual([]);
  await old.close();
  await expect(openQdrantFeatures({ url: 'localhost:6333' })).rejects.toMatchObject({
    code: 'qdrant.address',
  });
});

test('a closed store asks nothing more', async () => {
  await store.close();
  const before = server.requests.length;
  await expect(search()).rejects.toMatchObject({ code: 'features.closed' });
  expect(server.requests).toHaveLength(before);
});
