import { QdrantClient } from '@qdrant/js-client-rest';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type QdrantServer, startQdrant } from '../server.ts';
import { send } from './stage.ts';

const servers: QdrantServer[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('with a key', () => {
  const keys = { apiKey: 'secret', readOnlyApiKey: 'look' };
  const locked = async () => {
    const server = await startQdrant(keys);
    servers.push(server);
    return server;
  };
  const create = { vectors: {} };

  test('only those come in who have it', async () => {
    const server = await locked();
    expect(await send(server, 'GET', '/collections')).toMatchObject({
      status: 401,
      body: 'Must provide an API key or an Authorization bearer token',
    });
    const wrong = { 'api-key': 'guess' };
    expect(await send(server, 'GET', '/collections', undefined, wrong)).toMatchObject({
      status: 401,
    });
    const bearer = { authorization: 'Bearer secret' };
    expect(await send(server, 'GET', '/collections', undefined, bearer)).toMatchObject({
      status: 200,
    });
    expect(await send(server, 'GET', '/')).toMatchObject({ status: 200 });
  });

  test('the client sends it', async () => {
    vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const { url } = await locked();
    const client = new QdrantClient({ url, apiKey: 'secret' });
    expect(await client.createCollection('c', create)).toBe(true);
  });

  test('who may only read does not write', async () => {
    const server = await locked();
    await send(server, 'PUT', '/collections/c', create, { 'api-key': 'secret' });
    const look = { 'api-key': 'look' };
    const count = await send(server, 'POST', '/collections/c/points/count', {}, look);
    expect(count.status).toBe(200);
    for (const path of ['/collections/c/points/delete', '/collections/c/points/batch']) {
      expect((await send(server, 'POST', path, { points: [1] }, look)).status).toBe(403);
    }
    expect((await send(server, 'DELETE', '/collections/c', undefined, look)).status).toBe(403);
  });
});
