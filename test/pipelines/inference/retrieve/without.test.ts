import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openRetrieval,
  type RetrievalPorts,
} from '../../../../pipelines/inference/retrieve/retrieve.ts';
import { shippedSettings as shipped } from '../../../../pipelines/inference/retrieve/settings.ts';
import type { Embedder } from '../../../../pipelines/serving/embed/port.ts';
import type { Reranker } from '../../../../pipelines/serving/rerank/port.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';
import type { EmbeddedStores } from '../../../../pipelines/stores/open.ts';
import { storesWith } from './corpus.ts';
import { handTurned, readerOf } from './stand-ins.ts';

const words = ['roses', 'ferns', 'moss', 'ivy', 'thyme', 'sage', 'mint', 'dill'];
const documents = words.map((word, index) => ({
  name: word,
  author: 'Ines Okafor',
  source: 'garden',
  passages: [`${'Shade '.repeat(index + 1)}suits ${word}.`],
}));
const identity = { name: 'compass', revision: '1', dimensions: 2 };
const north = new Float32Array([1, 0]);

let stores: EmbeddedStores;
let dense: EmbeddedStores;
beforeAll(async () => {
  stores = await storesWith(documents);
  dense = await storesWith(documents, { embedder: identity, vectors: () => north });
});
afterAll(() => Promise.all([stores.close(), dense.close()]));

const question = { text: 'What suits shade?', history: [], now: '2026-11-15T12:00:00.000Z' };
const shippedSettings = { ...shipped, model: { ...shipped.model, rewordings: 3 } };
const retrieve = (ports: RetrievalPorts, settings = shippedSettings) =>
  openRetrieval(ports, settings)(question);
const idsOf = ({ passages }: Awaited<ReturnType<typeof retrieve>>) =>
  passages.map(({ chunk }) => chunk.attributes.title);

const embedding = (embed: Embedder['embed']): Embedder => ({
  identity,
  maxTokens: 100,
  embed,
  close: async () => {},
});
const failing = (failure: unknown) => () => Promise.reject(failure);
const reranking = (rerank: Reranker['rerank']): Reranker => ({ name: 'model', rerank });

describe('without the embedder', () => {
  it.each([
    [new TransientError('', { code: 'embed.down' }), 'down'],
    [new TransientError('', { code: 'embed.busy' }), 'busy'],
    [new TransientError('', { code: 'embed.timeout' }), 'late'],
    [new PermanentError('', { code: 'embed.too-long' }), 'invalid'],
    [new PermanentError('', { code: 'embed.unauthorised' }), 'invalid'],
  ])('passages are found by words, and it is said: %s', async (failure, reason) => {
    const found = await retrieve({ ...dense, embedder: embedding(failing(failure)) });
    expect(found.fallbacks).toEqual([{ stage: 'embed', reason, code: failure.code }]);
    expect(idsOf(found)).toEqual(idsOf(await retrieve(stores)));
    expect(found.passages.every(({ scores }) => scores.dense === null)).toBe(true);
  });

  it('it is said once, and it is not asked again for other wordings', async () => {
    let asked = 0;
    const embedder = embedding(() => {
      asked++;
      return Promise.reject(new TransientError('', { code: 'embed.down' }));
    });
    const reader = readerOf({ rewordings: ['moss', 'mint'] });
    const { fallbacks, understanding } = await retrieve({ ...dense, embedder, reader });
    expect(fallbacks).toEqual([{ stage: 'embed', reason: 'down', code: 'embed.down' }]);
    expect(understanding.queries).toEqual(['moss', 'mint']);
    expect(asked).toBe(1);
  });

  it('another model in its place is done without: its vectors cannot be compared', async () => {
    const changed = new PermanentError('', { code: 'embed.model-changed' });
    const { fallbacks, passages } = await retrieve({
      ...dense,
      embedder: embedding(failing(changed)),
    });
    expect(fallbacks).toEqual([{ stage: 'embed', reason: 'invalid', code: 'embed.model-changed' }]);
    expect(passages.every(({ scores }) => scores.dense === null)).toBe(true);
  });

  it('one that hangs is waited for as long as the settings say', async () => {
    const clock = {
      now: () => 0,
      after: (_: number, then: () => void) => {
        queueMicrotask(then);
        return () => undefined;
      },
    };
    const embedder = embedding(() => new Promise(() => undefined));
    const { fallbacks } = await retrieve({ ...dense, embedder, clock });
    expect(fallbacks).toEqual([{ stage: 'embed', reason: 'late', code: 'embed.late' }]);
  });

  it('what is a defect is not hidden', async () => {
    const broken = retrieve({ ...dense, embedder: embedding(failing(new TypeError('a defect'))) });
    await expect(broken).rejects.toThrow('a defect');
  });
});

describe('other wordings over a set with vectors', () => {
  it('are embedded together, once', async () => {
    const asked: (readonly string[])[] = [];
    const embedder = embedding(async (texts) => {
      asked.push(texts);
      return texts.map(() => north);
    });
    const reader = readerOf({ rewordings: ['moss'], steps: ['ivy', 'mint'] });
    const { fallbacks } = await retrieve({ ...dense, embedder, reader });
    expect(asked).toEqual([[question.text], ['ivy', 'mint', 'moss']]);
    expect(fallbacks).toEqual([]);
  });
});

describe('a model reranker', () => {
  const last = reranking(async (_, passages) => passages.map(({ text }) => text.length));

  it('orders the best of what the embedded one ordered; the others stay below in their order', async () => {
    const shown: number[] = [];
    const reranker = reranking(async (query, passages, signal) => {
      shown.push(passages.length);
      return last.rerank(query, passages, signal);
    });
    const settings = { ...shippedSettings, modelRerank: { passages: 3, deadlineMs: 1_000 } };
    const plain = await retrieve(stores, settings);
    const found = await retrieve({ ...stores, reranker }, settings);
    expect(shown).toEqual([3]);
    const [best, rest] = [idsOf(found).slice(0, 3), idsOf(found).slice(3)];
    expect(best.toSorted()).toEqual(idsOf(plain).slice(0, 3).toSorted());
    expect(rest).toEqual(idsOf(plain).slice(3));
    const lengths = found.passages.slice(0, 3).map(({ scores }) => scores.rescored);
    expect(lengths).toEqual(lengths.toSorted((a, b) => (b ?? 0) - (a ?? 0)));
    expect(found.passages.slice(3).every(({ scores }) => scores.rescored === null)).toBe(true);
    expect(found.fallbacks).toEqual([]);
  });

  it('is shown at most fifty passages as shipped', () => {
    expect(shippedSettings.modelRerank.passages).toBe(50);
  });

  it.each([
    [failing(new TransientError('', { code: 'rerank.down' })), 'down', 'rerank.down'],
    [failing(new TransientError('', { code: 'rerank.overloaded' })), 'busy', 'rerank.overloaded'],
    [failing(new PermanentError('', { code: 'rerank.refused' })), 'invalid', 'rerank.refused'],
    [failing(new TypeError('a defect')), 'invalid', 'rerank.unexpected'],
    [async () => [1], 'invalid', 'rerank.invalid'],
    [async () => words.map(() => Number.NaN), 'invalid', 'rerank.invalid'],
  ] as const)(
    'is stood in for by the embedded one where it fails (%#)',
    async (rerank, reason, code) => {
      const found = await retrieve({ ...stores, reranker: reranking(rerank) });
      const plain = await retrieve(stores);
      expect(found.fallbacks).toEqual([{ stage: 'rerank', reason, code }]);
      expect(found.passages.map(({ chunk, scores }) => [chunk.id, scores])).not.toEqual([]);
      expect(found.passages.map(({ scores }) => scores)).toEqual(
        plain.passages.map(({ scores }) => scores),
      );
    },
  );

  it('is given up when it is late, and what it says afterwards is not heard', async () => {
    const clock = handTurned();
    const never = Promise.withResolvers<number[]>();
    const signals: (AbortSignal | undefined)[] = [];
    const reranker = reranking((_, __, signal) => {
      signals.push(signal);
      queueMicrotask(() => clock.passed(shippedSettings.modelRerank.deadlineMs));
      return never.promise;
    });
    const found = await retrieve({ ...stores, reranker, clock });
    expect(found.fallbacks).toEqual([{ stage: 'rerank', reason: 'late', code: 'rerank.late' }]);
    expect(signals[0]?.aborted).toBe(true);
    expect(idsOf(found)).toEqual(idsOf(await retrieve(stores)));
    never.reject(new Error('too late to matter'));
    await setImmediate();
  });

  it('is stopped with the asker', async () => {
    const begun = Promise.withResolvers<AbortSignal | undefined>();
    const reranker = reranking((_, __, signal) => {
      begun.resolve(signal);
      return new Promise(() => undefined);
    });
    const stop = new AbortController();
    const retrieving = openRetrieval({ ...stores, reranker })(question, stop.signal);
    const signal = await begun.promise;
    stop.abort('left');
    await expect(retrieving).rejects.toBe('left');
    expect(signal?.aborted).toBe(true);
  });

  it('is not asked where the settings say no reranking', async () => {
    const reranker = reranking(failing(new Error('asked')));
    const { fallbacks } = await retrieve(
      { ...stores, reranker },
      { ...shippedSettings, rerank: false },
    );
    expect(fallbacks).toEqual([]);
  });
});

describe('several stages at once', () => {
  it('are said in their order', async () => {
    const down = (code: string) => failing(new TransientError('', { code }));
    const { fallbacks, passages } = await retrieve({
      ...dense,
      reader: readerOf(down('chat.down')),
      embedder: embedding(down('embed.down')),
      reranker: reranking(down('rerank.down')),
    });
    expect(fallbacks.map(({ stage }) => stage)).toEqual(['understand', 'embed', 'rerank']);
    expect(passages).not.toEqual([]);
  });
});
