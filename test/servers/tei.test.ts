import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openContract } from './models/contract.ts';
import { SERVED, trim } from './models/trim-contract.ts';
import { startTei, type TeiOptions, type TeiServer, type WrongVectors } from './tei/server.ts';

const file = new URL('tei/contract.json', import.meta.url);
const contract = openContract(file);

const servers: TeiServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
async function start(options?: TeiOptions): Promise<TeiServer> {
  const server = await startTei(options);
  servers.push(server);
  return server;
}

async function post(server: TeiServer, path: string, sent: unknown, init: RequestInit = {}) {
  const reply = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof sent === 'string' ? sent : JSON.stringify(sent),
    ...init,
  });
  const text = await reply.text();
  const type = reply.headers.get('content-type') ?? '';
  const body: unknown = type === 'application/json' ? JSON.parse(text) : text;
  return { status: reply.status, body };
}

async function embedded(server: TeiServer, inputs: string | readonly string[], more: object = {}) {
  const { status, body } = await post(server, '/embed', { inputs, ...more });
  expect(status).toBe(200);
  return body as number[][];
}

function cosine(one: readonly number[] = [], two: readonly number[] = []): number {
  return one.reduce((sum, value, at) => sum + value * (two[at] ?? 0), 0);
}

const whole = resolve(process.env['CONTRACTS'] ?? '../shared/contracts', 'tei.openapi.json');

test.skipIf(!existsSync(whole))('the trimmed contract is what TEI’s own document says', () => {
  const document = JSON.parse(readFileSync(whole, 'utf8')) as object;
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(trim(document, SERVED.tei));
});

test.each([
  ['embeddings', 'POST', '/embed', { inputs: ['one', 'two'] }, 200],
  ['embeddings', 'POST', '/embed', { inputs: [] }, 400],
  ['embeddings', 'POST', '/embed', { inputs: 'long '.repeat(600), truncate: false }, 422],
  ['embeddings', 'POST', '/rerank', { query: 'x', texts: ['y'] }, 424],
  ['embeddings', 'POST', '/tokenize', { inputs: 'one' }, 200],
  ['embeddings', 'POST', '/v1/embeddings', { input: ['one'] }, 200],
  ['embeddings', 'GET', '/info', undefined, 200],
  ['rerank', 'POST', '/rerank', { query: 'x', texts: ['y'], return_text: true }, 200],
  ['rerank', 'GET', '/info', undefined, 200],
  ['rerank', 'POST', '/embed', { inputs: 'x' }, 424],
] as const)(
  'a server of %s: %s %s answers what TEI’s document promises',
  async (serves, method, path, sent, status) => {
    const server = await start({ serves });
    const reply = await fetch(`${server.url}${path}`, {
      method,
      ...(sent && { body: JSON.stringify(sent), headers: { 'content-type': 'application/json' } }),
    });
    expect(reply.status).toBe(status);
    const body: unknown = await reply.json();
    const operation = `${method} ${path}`;
    expect(contract.replyErrors(operation, status, 'application/json', body)).toEqual([]);
  },
);

describe('its vectors', () => {
  test('are of unit length, the same each time, near for texts that share words', async () => {
    const server = await start();
    const [cache, caches, theatre] = await embedded(server, [
      'How do I clear the cache?',
      'Clearing caches',
      'Hamlet is a play',
    ]);
    expect(cosine(cache, cache)).toBeCloseTo(1, 5);
    expect(cosine(cache, caches)).toBeGreaterThan(cosine(cache, theatre) + 0.2);
    expect((await embedded(server, 'How do I clear the cache?'))[0]).toEqual(cache);
  });

  test('have the dimensions of the model, or fewer where asked', async () => {
    const server = await start({ dimensions: 64 });
    expect((await embedded(server, 'x'))[0]).toHaveLength(64);
    expect((await embedded(server, 'x', { dimensions: 8 }))[0]).toHaveLength(8);
    expect((await post(server, '/embed', { inputs: 'x', dimensions: 65 })).status).toBe(422);
  });

  test('come without unit length only where asked so', async () => {
    const [vector] = await embedded(await start(), 'one two three', { normalize: false });
    expect(cosine(vector, vector)).toBeGreaterThan(1.5);
  });

  test('come from the root too', async () => {
    const server = await start();
    const { body } = await post(server, '/', { inputs: ['one'] });
    expect(body).toEqual(await embedded(server, ['one']));
    expect(server.batches).toEqual([1, 1]);
  });
});

test('a reranker puts the text first that shares most with the query, by index', async () => {
  const server = await start({ serves: 'rerank' });
  const texts = ['dogs', 'big cats sleep', 'cats'];
  const { body } = await post(server, '/rerank', { query: 'big cats', texts });
  const ranks = body as { index: number; score: number }[];
  expect(ranks.map(({ index }) => index)).toEqual([1, 2, 0]);
  expect(ranks.every(({ score }) => score > 0 && score < 1)).toBe(true);
  const raw = await post(server, '/', { query: 'big cats', texts, raw_scores: true });
  expect((raw.body as { score: number }[]).at(-1)?.score).toBeLessThan(0);
});

describe('it refuses what TEI refuses', () => {
  const many = Array.from({ length: 33 }, () => 'x');

  test.each([422, 413] as const)('a batch beyond its limit, with %i', async (oversized) => {
    const server = await start({ oversized });
    const { status, body } = await post(server, '/embed', { inputs: many });
    expect(status).toBe(oversized);
    expect(body).toEqual({
      error: 'batch size 33 > maximum allowed batch size 32',
      error_type: 'Validation',
    });
    expect(server.batches).toEqual([]);
    expect(await embedded(server, many.slice(1))).toHaveLength(32);
  });

  test('a rerank beyond the same limit', async () => {
    const server = await start({ serves: 'rerank' });
    expect((await post(server, '/rerank', { query: 'x', texts: many })).status).toBe(422);
  });

  test('a request beyond the payload limit', async () => {
    const server = await start({ payloadLimit: 100 });
    const reply = await post(server, '/embed', { inputs: 'x'.repeat(100) });
    expect(reply).toEqual({ status: 413, body: 'length limit exceeded' });
  });

  test('inputs of another type, and what is no JSON', async () => {
    const server = await start();
    const wrong = await post(server, '/embed', { inputs: 7 });
    expect(wrong.status).toBe(422);
    expect(wrong.body).toMatch(/^Failed to deserialize/u);
    expect((await post(server, '/embed', '{')).status).toBe(400);
  });

  test('a prompt name that the model does not have', async () => {
    const server = await start({ prompts: { query: 'query: ' } });
    expect((await post(server, '/embed', { inputs: 'x', prompt_name: 'query' })).status).toBe(200);
    expect((await post(server, '/embed', { inputs: 'x', prompt_name: 'none' })).status).toBe(422);
  });

  test('whoever comes without the key, except for its health', async () => {
    const server = await start({ apiKey: 'secret' });
    expect((await post(server, '/embed', { inputs: 'x' })).status).toBe(401);
    expect((await fetch(`${server.url}/info`)).status).toBe(401);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' };
    expect((await post(server, '/embed', { inputs: 'x' }, { headers })).status).toBe(200);
  });

  test('one request more than it takes at a time', async () => {
    const server = await start({ maxConcurrentRequests: 1 });
    const gate = Promise.withResolvers<void>();
    server.misbehave({ kind: 'wait', gate: gate.promise }, { times: 1 });
    const first = post(server, '/embed', { inputs: 'x' });
    await server.until(() => server.requests.length === 1);
    const second = await post(server, '/embed', { inputs: 'x' });
    expect(second).toEqual({
      status: 429,
      body: { error: 'Model is overloaded', error_type: 'Overloaded' },
    });
    gate.resolve();
    expect((await first).status).toBe(200);
  });
});

describe('a text that is too long', () => {
  const long = 'word '.repeat(20);

  test('is cut in silence, as TEI does when nobody says otherwise', async () => {
    const server = await start({ maxInputLength: 10 });
    const [cut] = await embedded(server, long);
    expect(cut).toEqual((await embedded(server, 'word '.repeat(8).trimEnd()))[0]);
    expect(server.truncated).toEqual([long]);
  });

  test('is refused where the server or the request says so', async () => {
    const strict = await start({ maxInputLength: 10, autoTruncate: false });
    expect((await post(strict, '/embed', { inputs: long })).status).toBe(422);
    const server = await start({ maxInputLength: 10 });
    const { status, body } = await post(server, '/embed', { inputs: long, truncate: false });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      error: expect.stringContaining('less than 10 tokens. Given: 23'),
    });
    expect(server.truncated).toEqual([]);
  });

  test('is counted beforehand by /tokenize, special tokens included', async () => {
    const { body } = await post(await start(), '/tokenize', { inputs: [long] });
    expect((body as unknown[][])[0]).toHaveLength(23);
  });

  test('of too many characters is refused even if it may be cut', async () => {
    const server = await start({ maxInputLength: 10 });
    const inputs = 'x'.repeat(2_501);
    expect((await post(server, '/embed', { inputs, truncate: true })).status).toBe(422);
  });
});

describe('it misbehaves as it is told', () => {
  test.each<[WrongVectors, (vectors: (number | null)[][]) => unknown, unknown]>([
    ['one fewer', (vectors) => vectors.length, 1],
    ['one more', (vectors) => vectors.length, 3],
    ['shorter', (vectors) => vectors.map(({ length }) => length), [383, 384]],
    ['not a number', (vectors) => vectors[0]?.[0], null],
    ['not unit length', ([first]) => Math.round(Math.hypot(...(first as number[]))), 3],
  ])('%s', async (how, look, seen) => {
    const server = await start();
    server.answersWrongly(how);
    const { body } = await post(server, '/embed', { inputs: ['one', 'two'] });
    expect(look(body as (number | null)[][])).toEqual(seen);
    server.behave();
    expect(await embedded(server, ['one', 'two'])).toHaveLength(2);
  });

  test.each([
    ['overloaded', 429],
    ['generation', 424],
    ['unhealthy', 503],
  ] as const)('%s', async (error, status) => {
    const server = await start();
    server.misbehave({ kind: 'error', error }, { times: 1 });
    const reply = await post(server, '/embed', { inputs: 'x' });
    expect(reply.status).toBe(status);
    expect((await post(server, '/embed', { inputs: 'x' })).status).toBe(200);
  });

  test('a reply that breaks, that is none, or never comes', async () => {
    const server = await start();
    server.misbehave({ kind: 'cut' }, { times: 1 });
    await expect(post(server, '/embed', { inputs: 'x' })).rejects.toThrow('fetch failed');
    server.misbehave({ kind: 'cut', after: 0 }, { times: 1 });
    await expect(post(server, '/embed', { inputs: 'x' })).rejects.toThrow('terminated');
    server.misbehave({ kind: 'garbage' }, { times: 1 });
    await expect(post(server, '/embed', { inputs: 'x' })).rejects.toThrow(SyntaxError);
    server.misbehave({ kind: 'hang' }, { times: 1 });
    const leaving = new AbortController();
    const hanging = post(server, '/embed', { inputs: 'x' }, { signal: leaving.signal });
    await server.until(() => server.requests.length === 4);
    leaving.abort();
    await expect(hanging).rejects.toThrow('aborted');
    await server.until(() => server.open() === 0);
    expect(server.requests.map(({ ended }) => ended)).toEqual(['cut', 'cut', 'done', 'left']);
  });

  test('it serves other weights at the same address', async () => {
    const server = await start({ revision: 'one' });
    const sha = async () =>
      ((await (await fetch(`${server.url}/info`)).json()) as { model_sha: string | null })
        .model_sha;
    expect(await sha()).toBe('one');
    server.becomes('two');
    expect(await sha()).toBe('two');
    server.becomes(null);
    expect(await sha()).toBeNull();
  });
});

test('what TEI would skip in silence is written down', async () => {
  const server = await start();
  await embedded(server, 'x', { parameters: { normalize: true } });
  expect(server.violations).toEqual(['/embed: TEI does not know parameters']);
});
