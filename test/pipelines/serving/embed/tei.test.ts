import { afterEach, describe, expect, test } from 'vitest';
import type { Embedder } from '../../../../pipelines/serving/embed/port.ts';
import { openTeiEmbedder, type TeiEmbedding } from '../../../../pipelines/serving/embed/tei.ts';
import { describeEmbedder } from '../../../conformance/embedder.ts';
import { startTei, type TeiOptions, type TeiServer } from '../../../servers/tei/server.ts';
import { quickClock } from '../quick-clock.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function start(options?: TeiOptions): Promise<TeiServer> {
  const server = await startTei(options);
  open.push(server);
  return server;
}
async function connect(
  servers: readonly { readonly url: string }[],
  settings: Partial<TeiEmbedding> = {},
): Promise<Embedder> {
  const embedder = await openTeiEmbedder({
    endpoints: servers.map(({ url }) => ({ url })),
    clock: quickClock,
    ...settings,
  });
  open.push(embedder);
  return embedder;
}
const asked = ({ requests }: TeiServer, path: string) =>
  requests.filter((request) => request.path === path).length;
const texts = (count: number) =>
  Array.from({ length: count }, (_, index) => `text number ${index}`);

describeEmbedder('TEI', async (prefixes) => {
  const server = await startTei();
  const embedder = await openTeiEmbedder({ endpoints: [{ url: server.url }], ...prefixes });
  return {
    embedder,
    async close() {
      await embedder.close();
      expect(server.truncated).toEqual([]);
      expect(server.violations).toEqual([]);
      await server.close();
    },
  };
});

describe('at the start', () => {
  test('reads the model, the commit and the limits, and finds out the dimensions', async () => {
    const server = await start({ model: 'a/model', revision: 'abc123', dimensions: 96 });
    const embedder = await connect([server]);
    const identity = { name: 'a/model', revision: 'abc123+mean', dimensions: 96 };
    expect(embedder.identity).toEqual(identity);
    expect(embedder.maxTokens).toBe(512);
  });

  test('asks models trained for it for fewer dimensions', async () => {
    const embedder = await connect([await start()], { dimensions: 64 });
    expect(embedder.identity.dimensions).toBe(64);
    expect((await embedder.embed(['bread'], 'query'))[0]).toHaveLength(64);
  });

  test('pins weights without a commit by what the server tells, or by what the user says', async () => {
    const server = await start({ revision: null });
    const told = (await connect([server])).identity.revision;
    expect(told).toMatch(/^folder-[0-9a-f]{12}\+mean$/);
    const given = await connect([server], { revision: 'v7' });
    expect(given.identity.revision).toBe('v7+mean');
  });

  test.each([
    ['a reranker', { serves: 'rerank' }, {}, 'embed.not-an-embedder'],
    ['another commit than the one wanted', {}, { revision: 'beef' }, 'embed.revision'],
    ['a server that wants a token', { apiKey: 'secret' }, {}, 'embed.unauthorised'],
  ] as const)('refuses %s', async (_what, options, settings, code) => {
    const server = await start(options);
    await expect(connect([server], settings)).rejects.toMatchObject({
      name: 'PermanentError',
      code,
    });
  });

  test('takes a commit that is written short, and hands over the token', async () => {
    const server = await start({ revision: 'abc123def', apiKey: 'secret' });
    const endpoints = [{ url: server.url, token: 'secret' }];
    const embedder = await connect([], { endpoints, revision: 'abc123' });
    expect(embedder.identity.revision).toBe('abc123def+mean');
  });

  test('says that nothing answers, and where', async () => {
    const server = await start();
    await server.down();
    await expect(connect([server])).rejects.toMatchObject({
      name: 'TransientError',
      code: 'embed.down',
      message: expect.stringContaining(server.url),
    });
  });
});

describe('batches', () => {
  test('hold no more texts than the server takes, and come back in the order asked', async () => {
    const server = await start({ maxClientBatchSize: 7 });
    const embedder = await connect([server]);
    const all = texts(40);
    const vectors = await embedder.embed(all, 'passage');
    expect(Math.max(...server.batches)).toBe(7);
    expect(server.batches.reduce((sum, size) => sum + size)).toBe(40 + 1);
    const [tenth] = await embedder.embed([all[10]!], 'passage');
    expect(vectors[10]).toEqual(tenth);
  });

  test('travel side by side, as many as the endpoint may be given', async () => {
    const server = await start({ maxClientBatchSize: 4 });
    const embedder = await connect([server], { limits: { concurrency: 3 } });
    const gate = Promise.withResolvers<void>();
    server.misbehave({ kind: 'wait', gate: gate.promise });
    const embedding = embedder.embed(texts(40), 'passage');
    await server.until(() => server.open() === 3);
    gate.resolve();
    expect(await embedding).toHaveLength(40);
    expect(asked(server, '/embed')).toBe(1 + 10);
  });

  test.each([413, 422] as const)(
    'are halved for a server that takes less than it says (%d), once and for all',
    async (status) => {
      const server = await start();
      const embedder = await connect([server], { limits: { concurrency: 1 } });
      const body = {
        error: 'batch size 32 > maximum allowed batch size 10',
        error_type: 'Validation',
      };
      const stop = server.misbehave({ kind: 'status', status, body }, { times: 2 });
      expect(await embedder.embed(texts(32), 'passage')).toHaveLength(32);
      expect(server.batches.slice(1)).toEqual([8, 8, 8, 8]);
      stop();
      await embedder.embed(texts(32), 'passage');
      expect(server.batches.slice(5)).toEqual([8, 8, 8, 8]);
      expect(asked(server, '/tokenize')).toBe(0);
    },
  );

  test('are halved for a proxy that takes no large requests', async () => {
    const server = await start({ payloadLimit: 3_000 });
    const embedder = await connect([server]);
    const long = texts(20).map((text) => `${text} ${'word '.repeat(60)}`);
    expect(await embedder.embed(long, 'passage')).toHaveLength(20);
    expect(Math.max(...server.batches)).toBeLessThanOrEqual(10);
  });

  test('with a text that is refused for other reasons fail with what the server said, and stay large', async () => {
    const server = await start();
    const embedder = await connect([server], { limits: { concurrency: 1 } });
    server.misbehave({ kind: 'error', error: 'validation' });
    await expect(embedder.embed(texts(4), 'passage')).rejects.toMatchObject({
      code: 'embed.refused',
      message: expect.stringContaining('scripted'),
    });
    server.behave();
    await embedder.embed(texts(32), 'passage');
    expect(server.batches.at(-1)).toBe(32);
  });
});

describe('a text that is too long', () => {
  test('is named, with its length, by the server’s own count', async () => {
    const server = await start({ maxInputLength: 40 });
    const embedder = await connect([server]);
    const fits = 'word '.repeat(37).trim();
    expect(await embedder.embed([fits], 'passage')).toHaveLength(1);
    expect(asked(server, '/tokenize')).toBe(0);
    const error = embedder.embed(
      ['short', fits, `${fits} and more words than it takes`],
      'passage',
    );
    await expect(error).rejects.toMatchObject({
      code: 'embed.too-long',
      message: expect.stringMatching(/^Text 2 has 4\d tokens; the embedding model takes 40/),
    });
    expect(asked(server, '/tokenize')).toBe(1);
    expect(server.truncated).toEqual([]);
  });

  test('is known as such even where it is too long for a request', async () => {
    const server = await start({ payloadLimit: 10_000 });
    const embedder = await connect([server]);
    await expect(embedder.embed(['word '.repeat(4_000)], 'passage')).rejects.toMatchObject({
      code: 'embed.too-long',
    });
  });
});

test('half a character is not sent: a server in Rust would refuse all that came with it', async () => {
  const server = await start();
  const embedder = await connect([server]);
  expect(await embedder.embed(['bread \ud83d', 'flour'], 'passage')).toHaveLength(2);
  expect(server.requests.at(-1)!.body).toMatchObject({ inputs: ['bread \ufffd', 'flour'] });
});

describe('a server that misbehaves', () => {
  test.each(['one fewer', 'one more', 'not a number'] as const)(
    'with vectors that are wrong (%s) is not believed',
    async (how) => {
      const server = await start();
      const embedder = await connect([server]);
      server.answersWrongly(how);
      await expect(embedder.embed(['bread', 'flour'], 'passage')).rejects.toMatchObject({
        name: 'PermanentError',
        code: 'embed.reply',
      });
      server.behave();
      expect(await embedder.embed(['bread'], 'passage')).toHaveLength(1);
    },
  );

  test('with vectors of other dimensions has another model', async () => {
    const server = await start();
    const embedder = await connect([server]);
    server.answersWrongly('shorter');
    await expect(embedder.embed(['bread'], 'passage')).rejects.toMatchObject({
      code: 'embed.model-changed',
    });
  });

  test('with vectors that are not of unit length has them scaled', async () => {
    const server = await start();
    const embedder = await connect([server]);
    const [before] = await embedder.embed(['bread'], 'passage');
    server.answersWrongly('not unit length');
    const [after] = await embedder.embed(['bread'], 'passage');
    expect(Math.hypot(...after!)).toBeCloseTo(1, 5);
    for (const [at, value] of after!.entries()) expect(value).toBeCloseTo(before![at]!, 5);
  });

  test.each([
    ['is overloaded', { kind: 'error', error: 'overloaded' }],
    ['fails in its backend', { kind: 'error', error: 'generation' }],
    ['is down behind its proxy', { kind: 'status', status: 502, body: '<html>' }],
    ['cuts the connection', { kind: 'cut' }],
    [
      'asks to come back later',
      { kind: 'status', status: 429, headers: { 'retry-after': '1' }, body: {} },
    ],
  ] as const)('and %s is asked again', async (_what, fault) => {
    const server = await start();
    const embedder = await connect([server]);
    server.misbehave(fault, { times: 2 });
    expect(await embedder.embed(['bread'], 'passage')).toHaveLength(1);
    expect(asked(server, '/embed')).toBe(1 + 3);
  });

  test('is asked for a question once more, and then it is done without', async () => {
    const server = await start();
    const embedder = await connect([server]);
    server.misbehave({ kind: 'error', error: 'overloaded' }, { times: 1 });
    expect(await embedder.embed(['bread'], 'query')).toHaveLength(1);
    server.misbehave({ kind: 'error', error: 'overloaded' }, { times: 2 });
    await expect(embedder.embed(['bread'], 'query')).rejects.toMatchObject({
      code: 'embed.overloaded',
    });
  });

  test('for good fails as what it is, and nothing stays open', async () => {
    const server = await start();
    const embedder = await connect([server], { limits: { attempts: 2 } });
    server.misbehave({ kind: 'error', error: 'overloaded' });
    await expect(embedder.embed(texts(100), 'passage')).rejects.toMatchObject({
      name: 'TransientError',
      code: 'embed.overloaded',
    });
    await server.until(() => server.open() === 0);
  });

  test('and is not waited for by who left', async () => {
    const server = await start();
    const embedder = await connect([server]);
    server.misbehave({ kind: 'hang' });
    const leaving = new AbortController();
    const embedding = embedder.embed(texts(100), 'passage', leaving.signal);
    await server.until(() => server.open() > 0);
    leaving.abort(new Error('enough'));
    await expect(embedding).rejects.toThrow('enough');
    await server.until(() => server.open() === 0);
  });

  test('is done without where there is another', async () => {
    const servers = [await start(), await start()];
    const embedder = await connect(servers);
    await servers[0]!.down();
    expect(await embedder.embed(texts(100), 'passage')).toHaveLength(100);
    await servers[0]!.up();
  });
});

describe('another model at the same address', () => {
  const changed = { name: 'PermanentError', code: 'embed.model-changed' };

  test('is noticed when the server was away', async () => {
    const server = await start();
    const embedder = await connect([server]);
    await embedder.embed(['bread'], 'passage');
    await server.down();
    server.becomes('another-commit');
    await server.up();
    server.misbehave({ kind: 'cut' }, { times: 1 });
    await expect(embedder.embed(['bread'], 'passage')).rejects.toMatchObject(changed);
    await expect(embedder.embed(['bread'], 'passage')).rejects.toMatchObject({
      ...changed,
      message: expect.stringContaining('another-commit'),
    });
    server.becomes('fca14538aa9956a46526bd1d0d11d69e19b5a101');
    expect(await embedder.embed(['bread'], 'passage')).toHaveLength(1);
  });

  test('is noticed now and then where nothing else tells', async () => {
    const server = await start();
    const embedder = await connect([server]);
    await embedder.embed(['bread'], 'passage');
    server.becomes('another-commit');
    const many = async () => {
      for (let n = 0; n < 600; n++) await embedder.embed(['bread'], 'passage');
    };
    await expect(many()).rejects.toMatchObject(changed);
    expect(asked(server, '/info')).toBe(3);
  });

  test('is noticed at each endpoint before it is used', async () => {
    const servers = [await start({ revision: 'one' }), await start({ revision: 'other' })];
    const embedder = await connect(servers);
    await expect(embedder.embed(texts(600), 'passage')).rejects.toMatchObject(changed);
  });

  test('without a commit is told by its vectors', async () => {
    const server = await start({ revision: null });
    const embedder = await connect([server]);
    await embedder.embed(['bread'], 'passage');
    server.misbehave({ kind: 'cut' }, { times: 1 });
    expect(await embedder.embed(['bread'], 'passage')).toHaveLength(1);
    expect(asked(server, '/info')).toBe(3);
  });
});
