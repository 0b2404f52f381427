import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { QdrantClient } from '@qdrant/js-client-rest';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startChild } from './child.ts';
import { openContract } from './models/contract.ts';
import { SERVED, trim } from './models/trim-contract.ts';
import { send } from './qdrant/proof/stage.ts';
import { type QdrantOptions, type QdrantServer, startQdrant } from './qdrant/server.ts';

const file = new URL('qdrant/contract.json', import.meta.url);
const contract = openContract(file, { closed: true });

const servers: QdrantServer[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
async function start(
  options?: QdrantOptions,
): Promise<{ server: QdrantServer; client: QdrantClient }> {
  const server = await startQdrant(options);
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

const whole = resolve(process.env['CONTRACTS'] ?? '../shared/contracts', 'qdrant.openapi.json');

test.skipIf(!existsSync(whole))('the trimmed contract is what Qdrant’s own document says', () => {
  const document = JSON.parse(readFileSync(whole, 'utf8')) as object;
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(trim(document, SERVED.qdrant));
});

describe('the real client', () => {
  test('finds a version that it goes with', async () => {
    const warn = vi.spyOn(console, 'warn');
    const { server } = await start();
    const client = new QdrantClient({ url: server.url });
    await vi.waitFor(() => expect(server.requests.some(({ path }) => path === '/')).toBe(true));
    expect(await client.versionInfo()).toMatchObject({ version: '1.19.0' });
    expect(warn).not.toHaveBeenCalled();
  });

  test('is warned of a version that it does not go with', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined);
    const { server } = await start({ version: '1.15.0' });
    new QdrantClient({ url: server.url });
    await vi.waitFor(() =>
      expect(warn).toHaveBeenCalledWith(expect.stringContaining('incompatible')),
    );
  });
});

// biome-ignore format: a table reads better with a case a line
test.each<[string, string, unknown]>([
  ['GET /', '/', undefined],
  ['GET /collections', '/collections', undefined],
  ['GET /collections/{collection_name}', '/collections/c', undefined],
  ['GET /collections/{collection_name}/exists', '/collections/c/exists', undefined],
  ['GET /collections/{collection_name}/aliases', '/collections/c/aliases', undefined],
  ['GET /aliases', '/aliases', undefined],
  ['PATCH /collections/{collection_name}', '/collections/c', { metadata: { a: 1 } }],
  ['PUT /collections/{collection_name}/index', '/collections/c/index?wait=true', { field_name: 'm', field_schema: 'keyword' }],
  ['DELETE /collections/{collection_name}/index/{field_name}', '/collections/c/index/n', undefined],
  ['PUT /collections/{collection_name}/points', '/collections/c/points', { points: [point(5)] }],
  ['POST /collections/{collection_name}/points', '/collections/c/points', { ids: [1], with_vector: true }],
  ['GET /collections/{collection_name}/points/{id}', '/collections/c/points/1', undefined],
  ['POST /collections/{collection_name}/points/batch', '/collections/c/points/batch', { operations: [{ clear_payload: { points: [1] } }] }],
  ['POST /collections/{collection_name}/points/scroll', '/collections/c/points/scroll', { order_by: 'n' }],
  ['POST /collections/{collection_name}/points/count', '/collections/c/points/count', {}],
  ['POST /collections/{collection_name}/points/query', '/collections/c/points/query', { query: [1, 1], using: 'dense', with_payload: true }],
  ['POST /collections/{collection_name}/points/query/batch', '/collections/c/points/query/batch', { searches: [{ limit: 1 }] }],
  ['POST /collections/{collection_name}/points/query/groups', '/collections/c/points/query/groups', { group_by: 'n' }],
  ['POST /collections/{collection_name}/facet', '/collections/c/facet', { key: 'n' }],
])('%s answers what Qdrant’s document promises', async (operation, path, sent) => {
  const { server, client } = await start();
  await client.createPayloadIndex('c', { wait: true, field_name: 'n', field_schema: 'integer' });
  await client.upsert('c', { points: [point(1), point(2)] });
  const { status, body } = await send(server, operation.split(' ')[0] ?? '', path, sent);
  expect(status).toBe(200);
  expect(contract.replyErrors(operation, 200, 'application/json', body)).toEqual([]);
  expect(server.violations).toEqual([]);
});

test('the probes answer in plain words', async () => {
  const { server } = await start();
  for (const path of ['/healthz', '/livez', '/readyz']) {
    const { status, body } = await send(server, 'GET', path);
    expect([status, body]).toEqual([200, expect.stringMatching(/passed|ready/u)]);
  }
  const { body } = await send(server, 'GET', '/metrics');
  expect(body).toContain('collection_points{id="c"} 0');
});

describe('what the document does not have is refused', () => {
  // biome-ignore format: a table reads better with a case a line
  test.each<[string, string, string, unknown, number, string]>([
    ['an unknown field', 'PUT', '/collections/c/points', { points: [{ ...point(1), vectr: [] }] }, 400, 'Format error in JSON body: points.0: must NOT have additional properties (vectr)'],
    ['an unknown field of a query', 'POST', '/collections/c/points/query', { qeury: [1, 2] }, 400, 'Format error in JSON body: : must NOT have additional properties (qeury)'],
    ['a wrong type', 'POST', '/collections/c/points/count', { exact: 'yes' }, 400, 'Format error in JSON body: exact: must be boolean'],
    ['an id that is neither', 'POST', '/collections/c/points', { ids: ['one'] }, 400, 'Format error in JSON body: ids.0: must be integer'],
    ['no JSON', 'POST', '/collections/c/points/count', '{', 400, 'Format error in JSON body: : must be object'],
    ['an unknown parameter', 'PUT', '/collections/c/points?wiat=true', { points: [] }, 400, 'Format error in query parameters: wiat: is not a parameter'],
    ['a parameter of a wrong type', 'PUT', '/collections/c/points?wait=1', { points: [] }, 400, 'Format error in query parameters: wait: must be boolean'],
    ['out of bounds', 'POST', '/collections/c/points/scroll', { limit: 0 }, 422, 'Validation error in JSON body: [limit: must be >= 1]'],
    ['a point that is not there', 'GET', '/collections/c/points/9', undefined, 404, 'Not found: Point with id 9 does not exists!'],
  ])('%s', async (_, method, path, sent, status, said) => {
    const { server } = await start();
    const reply = await send(server, method, path, sent);
    expect(reply).toMatchObject({ status, body: { status: { error: said } } });
    expect(Object.keys(reply.body)).not.toContain('result');
  });

  test('a path that is none', async () => {
    const { server } = await start();
    expect((await send(server, 'GET', '/collections/c/nothing')).status).toBe(404);
  });

  test('more than a request may weigh', async () => {
    const { server, client } = await start({ payloadLimit: 2_000 });
    const long = { ...point(1), payload: { text: 'x'.repeat(2_000) } };
    await expect(client.upsert('c', { points: [long] })).rejects.toMatchObject({ status: 413 });
    expect(ids(server)).toEqual([]);
  });
});

// biome-ignore format: a table reads better with a case a line
test.each<[string, string, string, unknown]>([
  ['recommendations', 'POST', '/collections/c/points/query', { query: { recommend: { positive: [1] } }, using: 'dense' }],
  ['diversity', 'POST', '/collections/c/points/query', { query: { nearest: [1, 1], mmr: {} }, using: 'dense' }],
  ['places', 'POST', '/collections/c/points/count', { filter: { must: { key: 'x', geo_radius: { center: { lon: 0, lat: 0 }, radius: 1 } } } }],
  ['other distances', 'PUT', '/collections/d', { vectors: { size: 2, distance: 'Euclid' } }],
  ['multivectors', 'PUT', '/collections/d', { vectors: { size: 2, distance: 'Dot', multivector_config: { comparator: 'max_sim' } } }],
  ['stems', 'PUT', '/collections/c/index?wait=true', { field_name: 'x', field_schema: { type: 'text', stemmer: { type: 'snowball', language: 'english' } } }],
])('%s are not guessed at', async (_, method, path, sent) => {
  const { server } = await start();
  expect(await send(server, method, path, sent)).toMatchObject({
    status: 501,
    body: { status: { error: expect.stringContaining('does not serve') } },
  });
});

describe('equal scores', () => {
  const twenty = Array.from({ length: 20 }, (_, id) => ({
    ...point(id),
    vector: { dense: [1, 0] },
  }));
  const order = async (client: QdrantClient) => {
    const { points } = await client.query('c', { query: [1, 0], using: 'dense', limit: 20 });
    return points.map(({ id }) => id);
  };

  test('stand in another order in every reply', async () => {
    const { client } = await start();
    await client.upsert('c', { points: twenty });
    const [one, two] = [await order(client), await order(client)];
    expect(one).not.toEqual(two);
    expect(one.toSorted()).toEqual(two.toSorted());
  });

  test('stand by id where a test asks for that', async () => {
    const { client } = await start({ ties: 'by-id' });
    await client.upsert('c', { points: twenty });
    expect(await order(client)).toEqual(twenty.map(({ id }) => id).reverse());
  });
});

test('collections have the strictness of the server where they say nothing', async () => {
  const { client } = await start({ strictMode: { enabled: true, max_query_limit: 5 } });
  await expect(client.scroll('c', { limit: 6 })).rejects.toMatchObject({ status: 400 });
});

test('writes beyond a collection’s rate wait as long as they are told', async () => {
  let now = 0;
  const { server, client } = await start({
    strictMode: { enabled: true, write_rate_limit: 2 },
    now: () => now,
  });
  const write = (id: number) => client.upsert('c', { points: [point(id)] });
  await write(1);
  await write(2);
  const refused = await send(server, 'PUT', '/collections/c/points', { points: [point(3)] });
  expect(refused).toMatchObject({ status: 429, retryAfter: '30' });
  now += 30_000;
  await write(3);
});

test('a process of its own says where it listens', async () => {
  const main = new URL('qdrant/main.ts', import.meta.url).pathname;
  const child = await startChild(process.execPath, [main], (output) =>
    output.includes('\n') ? output.trim() : undefined,
  );
  expect(child.found).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/u);
  expect((await fetch(`${child.found}/readyz`)).status).toBe(200);
  await child.stop();
});
