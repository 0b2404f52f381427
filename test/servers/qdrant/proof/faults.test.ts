import { QdrantClient } from '@qdrant/js-client-rest';
import { afterEach, describe, expect, test } from 'vitest';
import { broken, type QdrantServer, rateLimited, startQdrant } from '../server.ts';

const servers: QdrantServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
async function start(): Promise<{ server: QdrantServer; client: QdrantClient }> {
  const server = await startQdrant();
  servers.push(server);
  const client = new QdrantClient({ url: server.url, checkCompatibility: false });
  await client.createCollection('c', {
    vectors: { dense: { size: 2, distance: 'Dot' } },
    sparse_vectors: { words: { modifier: 'idf' } },
  });
  return { server, client };
}
const point = (id: number) => ({ id, vector: { dense: [1, id] }, payload: { n: id } });
const ids = (server: QdrantServer) => server.collection('c')?.points.map(({ id }) => id);

describe('misbehaviour', () => {
  test('many requests are too many, and when to come again is said or not', async () => {
    const { server, client } = await start();
    server.misbehave(rateLimited(3), { times: 2 });
    for (let time = 0; time < 2; time += 1) {
      await expect(client.count('c')).rejects.toMatchObject({ retry_after: 3 });
    }
    server.misbehave(rateLimited(), { times: 1 });
    await expect(client.count('c')).rejects.toMatchObject({ status: 429 });
    expect(await client.count('c')).toEqual({ count: 0 });
  });

  test('the server breaks, by path and after some requests', async () => {
    const { server, client } = await start();
    server.misbehave(broken(500), { on: 'PUT /collections/c/points', after: 1, times: 1 });
    server.misbehave(broken(503), { on: /points\/count$/u });
    await client.upsert('c', { points: [point(1)] });
    await expect(client.upsert('c', { points: [point(2)] })).rejects.toMatchObject({ status: 500 });
    await client.upsert('c', { points: [point(3)] });
    expect(ids(server)).toEqual([1, 3]);
    await expect(client.count('c')).rejects.toMatchObject({ status: 503 });
    server.behave();
    expect(await client.count('c', { exact: true })).toEqual({ count: 2 });
  });

  test.each([
    ['before anything is done', false, []],
    ['when it is done, and the reply is lost', true, [1]],
  ])('the connection breaks %s', async (_, done, left) => {
    const { server, client } = await start();
    server.misbehave({ kind: 'cut', done }, { times: 1 });
    await expect(client.upsert('c', { points: [point(1)] })).rejects.toThrow('fetch failed');
    expect(ids(server)).toEqual(left);
    expect(server.requests.at(-1)?.ended).toBe('cut');
  });

  test.each([
    ['before anything is done', false, []],
    ['when it is done', true, [1]],
  ])('nothing is ever said %s', async (_, done, left) => {
    const { server } = await start();
    server.misbehave({ kind: 'hang', done }, { times: 1 });
    const leaving = new AbortController();
    const reply = fetch(`${server.url}/collections/c/points?wait=true`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ points: [point(1)] }),
      signal: leaving.signal,
    });
    await server.until(() => server.open() === 1);
    leaving.abort();
    await expect(reply).rejects.toThrow('aborted');
    await server.until(() => server.open() === 0);
    expect(server.requests.at(-1)?.ended).toBe('left');
    expect(ids(server)).toEqual(left);
  });

  test('slow is a gate that the test opens', async () => {
    const { server, client } = await start();
    const gate = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    server.misbehave({ kind: 'wait', gate: gate.promise }, { on: /points$/u, times: 1 });
    server.misbehave(
      { kind: 'wait', gate: late.promise, done: true },
      { on: /points$/u, times: 1, after: 1 },
    );
    const first = client.upsert('c', { points: [point(1)] });
    await server.until(() => server.open() === 1);
    expect(ids(server)).toEqual([]);
    const second = client.upsert('c', { points: [point(2)] });
    await server.until(() => ids(server)?.length === 1);
    expect(ids(server)).toEqual([2]);
    gate.resolve();
    late.resolve();
    await Promise.all([first, second]);
    expect(ids(server)).toEqual([2, 1]);
  });

  test('a request is done twice', async () => {
    const { server, client } = await start();
    server.misbehave({ kind: 'twice' }, { times: 2 });
    await client.upsert('c', { points: [point(1)] });
    expect(ids(server)).toEqual([1]);
    await expect(client.createCollection('d', { vectors: {} })).rejects.toMatchObject({
      status: 409,
    });
    expect(server.collections()).toEqual(['c', 'd']);
  });

  test('replies are no JSON, half, or something else', async () => {
    const { server, client } = await start();
    server.misbehave({ kind: 'garbage' }, { times: 1 });
    await expect(client.query('c', { query: [1, 1], using: 'dense' })).rejects.toThrow();
    server.misbehave({ kind: 'half' }, { times: 1 });
    await expect(client.getCollection('c')).rejects.toThrow();
    server.misbehave(
      { kind: 'reply', body: { result: { count: 'many' }, status: 'ok', time: 0 } },
      { times: 1 },
    );
    expect(await client.count('c')).toEqual({ count: 'many' });
    const page = {
      kind: 'status',
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Bad gateway</h1>',
    } as const;
    server.misbehave(page, { times: 1 });
    await expect(client.count('c')).rejects.toMatchObject({ status: 502 });
  });

  test('down it refuses connections; up again it has what it had', async () => {
    const { server, client } = await start();
    await client.upsert('c', { points: [point(1)] });
    await server.down();
    await expect(client.count('c')).rejects.toThrow('fetch failed');
    await server.up();
    expect(await client.count('c', { exact: true })).toEqual({ count: 1 });
  });

  test('what is not waited for and refused later is written down', async () => {
    const { server, client } = await start();
    const setting = client.setPayload('c', { wait: false, payload: { a: 1 }, points: [9] });
    expect(await setting).toMatchObject({ status: 'acknowledged' });
    await server.until(() => server.violations.length > 0);
    expect(server.violations).toEqual(['Not found: No point with id 9 found']);
  });
});
