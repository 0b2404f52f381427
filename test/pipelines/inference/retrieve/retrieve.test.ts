import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRetrieval, type Retrieve } from '../../../../pipelines/inference/retrieve/retrieve.ts';
import { shippedSettings } from '../../../../pipelines/inference/retrieve/settings.ts';
import type { Question, Retrieved } from '../../../../pipelines/inference/types.ts';
import type { Embedder } from '../../../../pipelines/serving/embed/port.ts';
import { TransientError } from '../../../../pipelines/stores/errors.ts';
import type { EmbeddedStores } from '../../../../pipelines/stores/open.ts';
import { storesWith, type Written } from './corpus.ts';

const documents: readonly Written[] = [
  {
    name: 'caches one',
    author: 'Ines Okafor',
    source: 'blog',
    publishedAt: '2024-03-05T00:00:00.000Z',
    passages: [
      'Caches are where a queue of stale answers waits for a reader.',
      'A cache is stale when the queue behind it is long.',
      'Every cache should say how stale it is.',
      'Gardens are another matter.',
    ],
  },
  {
    name: 'caches two',
    author: 'Ines Okafor',
    source: 'blog',
    publishedAt: '2025-03-05T00:00:00.000Z',
    passages: ['Stale caches are a choice. A cache in front of a cache is two choices.'],
  },
  {
    name: 'caches three',
    author: 'Mara Lindqvist',
    source: 'Harbour',
    publishedAt: '2026-01-05T00:00:00.000Z',
    passages: ['One remark on the cache: measure before you add one.'],
  },
  {
    name: 'gardens',
    author: 'Tomas Reyes',
    source: 'letters',
    passages: ['Roses want sun.', 'Ferns want shade and water.'],
  },
];

let stores: EmbeddedStores;
let retrieve: Retrieve;
beforeAll(async () => {
  stores = await storesWith(documents);
  retrieve = openRetrieval(stores);
});
afterAll(() => stores.close());

const question = (text: string, more: Partial<Question> = {}): Question => ({
  text,
  history: [],
  now: '2026-11-15T12:00:00.000Z',
  ...more,
});
const titles = async (text: string, more: Partial<Question> = {}) =>
  (await retrieve(question(text, more))).passages.map(({ chunk }) => chunk.attributes.title);

describe('retrieval', () => {
  it('finds passages by words, best first, with the scores of each stage and the time they took', async () => {
    const { passages, timings, expansion } = await retrieve(question('Which plants want shade?'));
    expect(passages[0]?.chunk.text).toBe('Ferns want shade and water.');
    const finals = passages.map(({ scores }) => scores.final);
    expect(finals).toEqual(finals.toSorted((a, b) => b - a));
    for (const { scores } of passages) {
      expect(scores.lexical).toBeGreaterThan(0);
      expect(scores.rescored).toBeGreaterThanOrEqual(0);
      expect(scores.dense).toBeNull();
    }
    expect(expansion).toEqual([]);
    expect(Object.keys(timings)).toEqual(['understand', 'search', 'rerank', 'total']);
  });

  it('gives a passage with the text of its neighbours, once', async () => {
    const { passages } = await retrieve(question('ferns shade'));
    expect(await passages[0]?.windowText()).toBe('Roses want sun.\n\nFerns want shade and water.');
  });

  it('takes at most two passages of one document', async () => {
    const found = await titles('stale cache queue');
    expect(found.filter((title) => title === 'caches one')).toHaveLength(2);
    expect(new Set(found).size).toBe(3);
  });

  it('shows no passage that the asker may not see, whatever is named', async () => {
    const access = { authors: ['mara-lindqvist'] };
    expect(await titles('What did Ines Okafor write about a stale cache?', { access })).toEqual([
      'caches three',
    ]);
    expect(await titles('stale cache', { access: { sources: [] } })).toEqual([]);
  });

  it('lifts what the question names, and hides nothing', async () => {
    const plain = await titles('What is there on a stale cache?');
    const named = await titles('What did Mara Lindqvist write on a stale cache?');
    expect(plain[0]).not.toBe('caches three');
    expect(named[0]).toBe('caches three');
    expect(new Set(named)).toEqual(new Set(plain));
    const dated = await retrieve(question('What was said of a stale cache in January 2026?'));
    const boosts = dated.passages.map(({ chunk, scores }) => [
      chunk.attributes.title,
      scores.boost > 0,
    ]);
    expect(Object.fromEntries(boosts)).toEqual({
      'caches one': false,
      'caches two': false,
      'caches three': true,
    });
  });

  it('serves those named in a comparison in turns', async () => {
    const { understanding, passages } = await retrieve(
      question('How do Ines Okafor and Mara Lindqvist differ on a stale cache and its queue?'),
    );
    expect(understanding.comparison).toBe(true);
    const authors = passages.slice(0, 2).map(({ chunk }) => chunk.attributes.author.name);
    expect(authors.toSorted()).toEqual(['Ines Okafor', 'Mara Lindqvist']);
  });

  it('reads a follow-up with its thread', async () => {
    const history = [{ role: 'user' as const, text: 'Which plants want shade?' }];
    expect((await titles('and water?', { history }))[0]).toBe('gardens');
  });

  it('puts what an earlier answer cited behind all else, and brings up what it hid', async () => {
    const asked = 'stale cache queue';
    const before = (await retrieve(question(asked))).passages.map(({ chunk }) => chunk);
    const cited = before.filter(({ attributes }) => attributes.title === 'caches one');
    const besides = cited.map(({ id }) => id);
    const after = (await retrieve(question(asked, { besides }))).passages.map(({ chunk }) => chunk);
    expect(after.slice(-2).map(({ id }) => id)).toEqual(besides);
    const third = 'Every cache should say how stale it is.';
    expect(before.map(({ text }) => text)).not.toContain(third);
    expect(after.map(({ text }) => text)).toContain(third);
    const unknown = await retrieve(question(asked, { besides: ['never-cited'] }));
    expect(unknown.passages.map(({ chunk }) => chunk)).toEqual(before);
  });

  it('leaves at least half of the places to what was not cited', async () => {
    const settings = { ...shippedSettings, limit: 2, perDocument: 9 };
    const few = openRetrieval(stores, settings);
    const first = (await few(question('stale cache queue'))).passages.map(({ chunk }) => chunk.id);
    const next = await few(question('stale cache queue', { besides: first }));
    const again = next.passages.map(({ chunk }) => first.includes(chunk.id));
    expect(again).toEqual([false, true]);
  });

  it('gives the same answer to the same question', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => retrieve(question('stale cache queue measure'))),
    );
    const read = (retrieved: Retrieved | undefined) =>
      Promise.all(
        (retrieved?.passages ?? []).map(async ({ chunk, scores, windowText }) => ({
          chunk,
          scores,
          text: await windowText(),
        })),
      );
    expect(await read(one)).not.toEqual([]);
    expect(await read(one)).toEqual(await read(other));
  });

  it('takes any string for a question, with finite scores', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('"', "'); drop table chunks; --", 'NEAR(a b)', 'cache AND NOT', '\0cache\0'),
      fc.nat(40_000).map((length) => 'cache '.repeat(length / 6)),
    );
    await fc.assert(
      fc.asyncProperty(text, async (asked) => {
        const { passages } = await retrieve(question(asked));
        for (const { scores } of passages) expect(Number.isFinite(scores.final)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('says what to do when nothing is indexed yet', async () => {
    const features = { ...stores.features, current: async () => undefined };
    const asked = openRetrieval({ ...stores, features })(question('anything'));
    await expect(asked).rejects.toMatchObject({ code: 'retrieve.nothing-indexed' });
  });

  it('uses the reranker it is given', async () => {
    const reranker = {
      name: 'shortest first',
      rerank: async (_: unknown, passages: readonly { readonly text: string }[]) =>
        passages.map(({ text }) => -text.length),
    };
    const { passages } = await openRetrieval({ ...stores, reranker })(question('a stale cache'));
    expect(passages[0]?.chunk.text).toBe('Gardens are another matter.');
  });
});

describe('retrieval over a set with vectors', () => {
  const identity = { name: 'compass', revision: '1', dimensions: 2 };
  const north = new Float32Array([1, 0]);
  const embedder: Embedder = {
    identity,
    maxTokens: 100,
    embed: async (texts) => texts.map(() => north),
    close: async () => {},
  };
  let dense: EmbeddedStores;
  beforeAll(async () => {
    const vectors = (text: string) => (text.startsWith('Roses') ? north : new Float32Array([0, 1]));
    dense = await storesWith(documents, { embedder: identity, vectors });
  });
  afterAll(() => dense.close());

  it('finds by meaning what shares no word with the question', async () => {
    const { passages } = await openRetrieval({ ...dense, embedder })(question('blossom'));
    expect(passages[0]?.chunk.text).toBe('Roses want sun.');
    expect(passages[0]?.scores).toMatchObject({ lexical: null, dense: expect.closeTo(1, 5) });
  });

  it('refuses an embedder that the set was not made with, and none at all', async () => {
    const other: Embedder = { ...embedder, identity: { ...identity, revision: '2' } };
    for (const ports of [dense, { ...dense, embedder: other }]) {
      const asked = openRetrieval(ports)(question('blossom'));
      await expect(asked).rejects.toMatchObject({ code: 'retrieve.embedder' });
    }
  });

  it('goes on by words while the embedder is down', async () => {
    const down: Embedder = {
      ...embedder,
      embed: async () => {
        throw new TransientError('down', { code: 'embed.down' });
      },
    };
    const { passages } = await openRetrieval({ ...dense, embedder: down })(question('ferns'));
    expect(passages[0]?.chunk.text).toBe('Ferns want shade and water.');
  });
});

describe('the shipped settings', () => {
  it('leave expansion off: it lowered the mean of the bench', () => {
    expect(shippedSettings.expand).toBe(false);
  });
});
