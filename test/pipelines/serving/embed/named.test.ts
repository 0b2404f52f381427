import { afterEach, describe, expect, test } from 'vitest';
import { openFeatureExtraction } from '../../../../pipelines/serving/embed/feature-extraction.ts';
import type { NamedEmbedding } from '../../../../pipelines/serving/embed/named.ts';
import { type AnyEmbedding, openEmbedderFrom } from '../../../../pipelines/serving/embed/open.ts';
import { openOpenAiEmbedder } from '../../../../pipelines/serving/embed/openai.ts';
import { describeEmbedder } from '../../../conformance/embedder.ts';
import { startTei, type TeiOptions } from '../../../servers/tei/server.ts';
import { startWebServer } from '../../../servers/web.ts';
import { quickClock } from '../quick-clock.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
const opened = <T extends { close(): Promise<void> }>(each: T): T => {
  open.push(each);
  return each;
};
const settings = (url: string, more: Partial<NamedEmbedding> = {}): NamedEmbedding => ({
  endpoints: [{ url }],
  model: 'some/model',
  revision: 'r1',
  clock: quickClock,
  ...more,
});

describe.each([
  ['feature extraction', openFeatureExtraction, '/'],
  ['the OpenAI route', openOpenAiEmbedder, '/v1/embeddings'],
] as const)('%s', (name, connect, path) => {
  describeEmbedder(name, async (prefixes) => {
    const server = await startTei();
    const embedder = await connect({ ...settings(server.url), ...prefixes });
    return {
      embedder,
      async close() {
        await embedder.close();
        expect(server.truncated).toEqual([]);
        await server.close();
      },
    };
  });

  test('is what the user says it is, of the dimensions it has', async () => {
    const server = opened(await startTei({ dimensions: 48, apiKey: 'secret' }));
    const endpoints = [{ url: server.url, token: 'secret' }];
    const embedder = opened(await connect(settings('', { endpoints, maxTokens: 99 })));
    expect(embedder.identity).toEqual({ name: 'some/model', revision: 'r1', dimensions: 48 });
    expect(embedder.maxTokens).toBe(99);
  });

  test('sends so many texts at once and no more', async () => {
    const server = opened(await startTei());
    const embedder = opened(await connect(settings(server.url, { maxTexts: 5 })));
    await embedder.embed(
      Array.from({ length: 20 }, (_, index) => `text ${index}`),
      'passage',
    );
    expect(server.batches).toEqual([1, 5, 5, 5, 5]);
  });

  test.each([
    ['overloaded', { kind: 'status', status: 429, headers: { 'retry-after': '1' }, body: {} }],
    ['unavailable', { kind: 'status', status: 503, body: { error: 'loading' } }],
    ['cut off', { kind: 'cut' }],
  ] as const)('%s is asked again, three times in all', async (_what, fault) => {
    const server = opened(await startTei());
    const embedder = opened(await connect(settings(server.url)));
    server.misbehave(fault, { times: 2 });
    expect(await embedder.embed(['bread'], 'passage')).toHaveLength(1);
    expect(server.requests.filter((request) => request.path === path)).toHaveLength(1 + 3);
  });

  test('unavailable for good is asked as often as it may be, not for ever', async () => {
    const server = opened(await startTei());
    const embedder = opened(await connect(settings(server.url, { limits: { attempts: 2 } })));
    server.misbehave({ kind: 'status', status: 503, body: { error: 'loading' } });
    await expect(embedder.embed(['bread'], 'query')).rejects.toMatchObject({ code: 'embed.down' });
    expect(server.requests).toHaveLength(1 + 2);
  });

  test('that gives no JSON, or another server’s, is not understood', async () => {
    const server = opened(await startTei());
    const embedder = opened(await connect(settings(server.url)));
    for (const fault of [
      { kind: 'garbage' },
      { kind: 'status', status: 200, body: { message: 'hello' } },
    ] as const) {
      server.misbehave(fault, { times: 1 });
      await expect(embedder.embed(['bread'], 'query')).rejects.toMatchObject({
        name: 'PermanentError',
        code: 'embed.misunderstood',
      });
    }
  });

  test('left by its caller closes the connection', async () => {
    const server = opened(await startTei());
    const embedder = opened(await connect(settings(server.url)));
    server.misbehave({ kind: 'hang' });
    const leaving = new AbortController();
    const embedding = embedder.embed(['bread'], 'query', leaving.signal);
    await server.until(() => server.open() > 0);
    leaving.abort(new Error('enough'));
    await expect(embedding).rejects.toThrow('enough');
    await server.until(() => server.open() === 0);
  });
});

/** A pipeline that gives one vector for each word: its length, its vowels, 1. */
async function startStates(wrap: (states: number[][]) => unknown) {
  const server = opened(await startWebServer());
  const batches: number[] = [];
  server.set('/', (request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      const { inputs } = JSON.parse(body) as { inputs: string[] };
      batches.push(inputs.length);
      const states = inputs.map((text) =>
        wrap(text.split(' ').map((word) => [word.length, word.replace(/[^aeiou]/g, '').length, 1])),
      );
      const reply = JSON.stringify(states.length === 1 && wrap === bare ? states[0] : states);
      response.writeHead(200, { 'content-type': 'application/json' }).end(reply);
    });
  });
  return { url: server.url, batches };
}
const bare = (states: number[][]) => states;

test.each([
  ['[texts][tokens][dimensions]', (states: number[][]) => states.slice()],
  ['[texts][1][tokens][dimensions]', (states: number[][]) => [states]],
  ['[tokens][dimensions] of a text alone', bare],
])('hidden states as %s are pooled by their mean, one text at a time', async (_shape, wrap) => {
  const server = await startStates(wrap);
  const embedder = opened(await openFeatureExtraction(settings(server.url)));
  expect(embedder.identity.dimensions).toBe(3);
  const [first, second] = await embedder.embed(['a bread', 'oven'], 'passage');
  const unit = (...values: number[]) => values.map((value) => value / Math.hypot(...values));
  for (const [at, value] of unit(3, 1.5, 1).entries()) expect(first![at]).toBeCloseTo(value, 5);
  for (const [at, value] of unit(4, 2, 1).entries()) expect(second![at]).toBeCloseTo(value, 5);
  expect(server.batches).toEqual([1, 1, 1]);
});

describe('an embedder of whatever kind', () => {
  const from = async (url: string, more: Partial<AnyEmbedding> = {}) =>
    opened(await openEmbedderFrom({ endpoints: [{ url }], clock: quickClock, ...more }));
  const tei = async (options?: TeiOptions) => opened(await startTei(options));
  const named = { model: 'some/model', revision: 'r1' };

  test('is TEI where /info says so, also when the address is one of its routes', async () => {
    const server = await tei({ model: 'a/model' });
    for (const path of ['', '/', '/v1', '/v1/embeddings']) {
      expect((await from(`${server.url}${path}`)).identity.name).toBe('a/model');
    }
  });

  test('is the OpenAI route where there are models, and feature extraction elsewhere', async () => {
    const server = await tei();
    server.misbehave({ kind: 'status', status: 404, body: '' }, { path: '/info' });
    await (await from(server.url, named)).embed(['bread'], 'query');
    expect(server.requests.at(-1)?.path).toBe('/');
    server.misbehave(
      { kind: 'status', status: 200, body: { object: 'list', data: [{ id: 'some/model' }] } },
      { path: '/v1/models' },
    );
    await (await from(server.url, named)).embed(['bread'], 'query');
    expect(server.requests.at(-1)?.path).toBe('/v1/embeddings');
  });

  test('that does not say what it is has to be named', async () => {
    const server = await tei();
    server.misbehave({ kind: 'status', status: 404, body: '' }, { path: '/info' });
    for (const half of [{ model: 'some/model' }, { revision: 'r1' }, {}]) {
      await expect(from(server.url, half)).rejects.toMatchObject({
        name: 'PermanentError',
        code: 'embed.unnamed',
        hint: expect.stringContaining('EMBED_REVISION'),
      });
    }
  });

  test.each([
    ['refuses the token', { kind: 'status', status: 401, body: '' }, 'embed.unauthorised'],
    ['is down', { kind: 'status', status: 503, body: '' }, 'embed.down'],
  ] as const)('is not guessed at while the server %s', async (_what, fault, code) => {
    const server = await tei();
    server.misbehave(fault, { path: '*' });
    await expect(from(server.url, named)).rejects.toMatchObject({ code });
  });
});

describe('a server that only refuses lengths when it meets them', () => {
  const refusals = [
    [500, 'input (629 tokens) is too large to process. increase the physical batch size'],
    [400, 'the request exceeds the available context size, try increasing it'],
    [400, "This model's maximum context length is 512 tokens, however you requested 629 tokens"],
  ] as const;

  test.each(refusals)('%i “%s” is about the text, not the server', async (status, message) => {
    const server = opened(await startTei());
    const embedder = opened(await openOpenAiEmbedder(settings(server.url)));
    const fault = { kind: 'status', status, body: { error: { message, code: status } } } as const;
    server.misbehave(fault);
    await expect(embedder.embed(['Brot'], 'passage')).rejects.toMatchObject({
      code: 'embed.too-long',
    });
    server.behave();
    // Not held against it: the next text is taken at once.
    expect(await embedder.embed(['bread'], 'passage')).toHaveLength(1);
  });
});
