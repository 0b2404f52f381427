import { afterEach, describe, expect, test } from 'vitest';
import { lexicalReranker } from '../../../../pipelines/inference/rerank/lexical.ts';
import { openTeiReranker, type TeiReranking } from '../../../../pipelines/serving/rerank/tei.ts';
import { describeReranker } from '../../../conformance/reranker.ts';
import { startTei, type TeiOptions, type TeiServer } from '../../../servers/tei/server.ts';
import { quickClock } from '../quick-clock.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function start(options: TeiOptions = {}): Promise<TeiServer> {
  const server = await startTei({ serves: 'rerank', ...options });
  open.push(server);
  return server;
}
async function connect(servers: readonly TeiServer[], settings: Partial<TeiReranking> = {}) {
  const reranker = await openTeiReranker({
    endpoints: servers.map(({ url }) => ({ url })),
    clock: quickClock,
    ...settings,
  });
  open.push(reranker);
  return {
    ...reranker,
    score: (question: string, texts: readonly string[], signal?: AbortSignal) =>
      reranker.rerank(
        { question, terms: [] },
        texts.map((text) => ({ text, context: 'Ada · blog' })),
        signal,
      ),
  };
}
const asked = ({ requests }: TeiServer, path: string) =>
  requests.filter((request) => request.path === path);
const texts = (count: number) => Array.from({ length: count }, (_, index) => `bread ${index}`);

describeReranker('TEI', async () => {
  const server = await startTei({ serves: 'rerank' });
  const reranker = await openTeiReranker({ endpoints: [{ url: server.url }] });
  return {
    reranker,
    async close() {
      await reranker.close();
      expect(server.truncated).toEqual([]);
      expect(server.violations).toEqual([]);
      await server.close();
    },
  };
});

describeReranker('words and pairs', async () => ({
  reranker: lexicalReranker({
    statistics: async (stems) => ({
      chunks: 1_000,
      averageLength: 100,
      documentFrequency: new Map(stems.map((stemmed) => [stemmed, 10])),
    }),
  }),
  close: async () => {},
}));

describe('at the start', () => {
  test('reads the model and its commit, which are its name', async () => {
    const server = await start({ model: 'a/model', revision: 'abc', maxInputLength: 99 });
    const { name, maxTokens } = await connect([server]);
    expect({ name, maxTokens }).toEqual({ name: 'tei:a/model@abc', maxTokens: 99 });
    expect((await connect([await start({ model: '/data', revision: null })])).name).toBe(
      'tei:/data',
    );
  });

  test('refuses what is no reranker', async () => {
    await expect(connect([await start({ serves: 'embeddings' })])).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'rerank.not-a-reranker',
    });
  });

  test('says that nothing answers', async () => {
    const server = await start();
    await server.down();
    await expect(connect([server])).rejects.toMatchObject({ code: 'rerank.down' });
  });
});

describe('requests', () => {
  test('ask for probabilities, cut nothing, and hold context line and text', async () => {
    const server = await start();
    await (await connect([server])).score('bread?', ['good bread']);
    expect(asked(server, '/rerank').map(({ body }) => body)).toEqual([
      {
        query: 'bread?',
        texts: ['Ada · blog\ngood bread'],
        raw_scores: false,
        truncate: false,
      },
    ]);
  });

  test('share the passages evenly and travel side by side', async () => {
    const server = await start();
    const reranker = await connect([server]);
    const gate = Promise.withResolvers<void>();
    server.misbehave({ kind: 'wait', gate: gate.promise });
    const scoring = reranker.score('bread', texts(50));
    await server.until(() => server.open() === 2);
    gate.resolve();
    expect(await scoring).toHaveLength(50);
    expect(server.batches).toEqual([25, 25]);
  });

  test.each([413, 422] as const)(
    'are made smaller for a server that takes less than it says (%d), once and for all',
    async (status) => {
      const server = await start();
      const reranker = await connect([server]);
      const body = {
        error: 'batch size 20 > maximum allowed batch size 16',
        error_type: 'Validation',
      };
      server.misbehave({ kind: 'status', status, body }, { times: 1 });
      expect(await reranker.score('bread', texts(20))).toHaveLength(20);
      await reranker.score('bread', texts(20));
      expect(server.batches).toEqual([10, 10, 10, 10]);
    },
  );
});

describe('a passage that is too long', () => {
  const long = `${'word '.repeat(30)}bread ${'more '.repeat(100)}`;

  test('is cut after a word by the server’s own count, and nothing else is', async () => {
    const server = await start({ maxInputLength: 60 });
    const reranker = await connect([server]);
    const [first, second, third] = await reranker.score('bread', [long, 'good bread', 'the oven']);
    expect(server.truncated).toEqual([]);
    const sent = asked(server, '/rerank').at(-1)!.body as { texts: string[]; truncate: boolean };
    expect(sent.truncate).toBe(false);
    expect(`Ada · blog\n${long}`.startsWith(`${sent.texts[0]} `)).toBe(true);
    expect(sent.texts[0]!.length).toBeGreaterThan(150);
    expect(sent.texts.slice(1)).toEqual(['Ada · blog\ngood bread', 'Ada · blog\nthe oven']);
    expect(first).toBeCloseTo(second!, 6);
    expect(third).toBeLessThan(second!);
  });

  test('leaves room to a question that is too long, which keeps its beginning', async () => {
    const server = await start({ maxInputLength: 60 });
    const reranker = await connect([server]);
    expect(await reranker.score(`bread ${'and '.repeat(200)}`, [long, 'good bread'])).toHaveLength(
      2,
    );
    const { query } = asked(server, '/rerank').at(-1)!.body as { query: string };
    expect(query).toMatch(/^bread and/);
    expect(server.truncated).toEqual([]);
  });

  test('without white space is cut between characters', async () => {
    const server = await start({ maxInputLength: 30 });
    const reranker = await connect([server]);
    expect(await reranker.score('bread', ['😀'.repeat(400), '汉'.repeat(400)])).toHaveLength(2);
    const { texts: sent } = asked(server, '/rerank').at(-1)!.body as { texts: string[] };
    for (const text of sent) expect(text.isWellFormed()).toBe(true);
  });

  test('is left to a server that cannot count to cut', async () => {
    const server = await start({ maxInputLength: 60 });
    const reranker = await connect([server]);
    server.misbehave({ kind: 'status', status: 404, body: '' }, { path: '/tokenize' });
    expect(await reranker.score('bread', [long, 'good bread'])).toHaveLength(2);
    expect(asked(server, '/rerank').at(-1)?.body).toMatchObject({ truncate: true });
  });
});

describe('a server that misbehaves', () => {
  test.each(['one fewer', 'one more', 'shorter', 'not a number'] as const)(
    'with scores that are wrong (%s) is not believed',
    async (how) => {
      const server = await start();
      const reranker = await connect([server]);
      server.answersWrongly(how);
      await expect(reranker.score('bread', texts(3))).rejects.toMatchObject({
        name: 'PermanentError',
        code: 'rerank.reply',
      });
      server.behave();
      expect(await reranker.score('bread', texts(3))).toHaveLength(3);
    },
  );

  test.each([
    ['is overloaded', { kind: 'error', error: 'overloaded' }],
    ['fails in its backend', { kind: 'error', error: 'generation' }],
    ['cuts the connection', { kind: 'cut' }],
  ] as const)('and %s is asked once more', async (_what, fault) => {
    const server = await start();
    const reranker = await connect([server]);
    server.misbehave(fault, { times: 1 });
    expect(await reranker.score('bread', texts(3))).toHaveLength(3);
    server.misbehave(fault);
    await expect(reranker.score('bread', texts(50))).rejects.toMatchObject({
      name: 'TransientError',
    });
    await server.until(() => server.open() === 0);
  });

  test('by refusing everything is not asked for ever', async () => {
    const server = await start();
    const reranker = await connect([server]);
    server.misbehave({ kind: 'error', error: 'validation' });
    await expect(reranker.score('bread', texts(3))).rejects.toMatchObject({
      code: 'rerank.refused',
      message: expect.stringContaining('scripted'),
    });
    expect(asked(server, '/rerank').length).toBeLessThan(10);
  });

  test('and is left closes its connections', async () => {
    const server = await start();
    const reranker = await connect([server]);
    server.misbehave({ kind: 'hang' });
    const leaving = new AbortController();
    const scoring = reranker.score('bread', texts(50), leaving.signal);
    await server.until(() => server.open() === 2);
    leaving.abort(new Error('enough'));
    await expect(scoring).rejects.toThrow('enough');
    await server.until(() => server.open() === 0);
  });

  test('by serving another model is noticed once it was away', async () => {
    const server = await start();
    const reranker = await connect([server]);
    await reranker.score('bread', texts(3));
    server.becomes('another-commit');
    server.misbehave({ kind: 'cut' }, { times: 1 });
    await expect(reranker.score('bread', texts(3))).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'rerank.model-changed',
    });
  });
});
