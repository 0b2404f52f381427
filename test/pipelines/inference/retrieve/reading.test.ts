import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openRetrieval,
  type RetrievalPorts,
} from '../../../../pipelines/inference/retrieve/retrieve.ts';
import { shippedSettings as shipped } from '../../../../pipelines/inference/retrieve/settings.ts';
import type { Question } from '../../../../pipelines/inference/types.ts';
import type { ModelReading } from '../../../../pipelines/inference/understand/reader.ts';
import type { RerankQuery } from '../../../../pipelines/serving/rerank/port.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';
import type { EmbeddedStores } from '../../../../pipelines/stores/open.ts';
import { storesWith, type Written } from './corpus.ts';
import { handTurned, readerOf } from './stand-ins.ts';

const documents: readonly Written[] = [
  {
    name: 'caches',
    author: 'Ines Okafor',
    source: 'blog',
    passages: ['A stale cache is a choice.', 'The cache and its queue.', 'Cache keys rot.'],
  },
  {
    name: 'copies',
    author: 'Mara Lindqvist',
    source: 'Harbour',
    passages: ['Outdated copies linger in memory.'],
  },
  { name: 'gardens', author: 'Tomas Reyes', source: 'letters', passages: ['Ferns want shade.'] },
];

let stores: EmbeddedStores;
beforeAll(async () => {
  stores = await storesWith(documents);
});
afterAll(() => stores.close());

/** With room for several wordings, to see how they share. */
const shippedSettings = { ...shipped, model: { ...shipped.model, rewordings: 3 } };
const { model } = shippedSettings;
const asked = (text: string, more: Partial<Question> = {}): Question => ({
  text,
  history: [],
  now: '2026-11-15T12:00:00.000Z',
  ...more,
});
const retrieve = (question: Question, ports: Partial<RetrievalPorts>, settings = shippedSettings) =>
  openRetrieval({ ...stores, ...ports }, settings)(question);
const withReading = (
  question: Question,
  reading: Partial<ModelReading>,
  settings = shippedSettings,
) => retrieve(question, { reader: readerOf(reading) }, settings);
const textsOf = ({ passages }: Awaited<ReturnType<typeof retrieve>>) =>
  passages.map(({ chunk }) => chunk.text);

describe('a model that reads the question', () => {
  it('does so while the first search runs', async () => {
    const searched = Promise.withResolvers<void>();
    const features: typeof stores.features = {
      ...stores.features,
      searchLexical: async (...search) => {
        const found = await stores.features.searchLexical(...search);
        searched.resolve();
        return found;
      },
    };
    // It answers only once the first search has run: who waited for it before searching would wait for ever.
    const reader = readerOf(async () => {
      await searched.promise;
      return { rewordings: ['outdated copies'] };
    });
    const { understanding, timings, fallbacks } = await retrieve(asked('stale cache'), {
      features,
      reader,
    });
    expect(understanding.queries).toEqual(['outdated copies']);
    expect(fallbacks).toEqual([]);
    expect(Object.keys(timings)).toEqual([
      'understand',
      'search',
      'read',
      'others',
      'rerank',
      'total',
    ]);
  });

  it('has sent its request before a search in this process holds the loop', async () => {
    const order: string[] = [];
    const features: typeof stores.features = {
      ...stores.features,
      searchLexical: (...search) => {
        order.push('searched');
        return stores.features.searchLexical(...search);
      },
    };
    const reader = readerOf(async () => {
      await setImmediate();
      order.push('sent');
      return {};
    });
    await retrieve(asked('stale cache'), { features, reader });
    expect(order).toEqual(['sent', 'searched']);
  });

  it('is not waited for once it has answered', async () => {
    const clock = handTurned();
    const { fallbacks } = await retrieve(asked('stale cache'), { clock, reader: readerOf({}) });
    expect(fallbacks).toEqual([]);
    expect(clock.running.size).toBe(0);
  });

  it('is given up when it is late, and the answer is as without it', async () => {
    const clock = handTurned();
    const never = Promise.withResolvers<ModelReading>();
    const reader = readerOf(() => {
      clock.running.has(model.deadlineMs) && queueMicrotask(() => clock.passed(model.deadlineMs));
      return never.promise;
    });
    const late = await retrieve(asked('stale cache'), { clock, reader });
    const without = await retrieve(asked('stale cache'), {});
    expect(late.fallbacks).toEqual([
      { stage: 'understand', reason: 'late', code: 'understand.late' },
    ]);
    expect(reader.signals[0]?.aborted).toBe(true);
    expect(textsOf(late)).toEqual(textsOf(without));
    expect(late.understanding).toEqual(without.understanding);
    // What it throws afterwards is nobody's: unheard, it would end the process.
    never.reject(new Error('too late to matter'));
    await setImmediate();
  });

  it.each([
    [new TransientError('', { code: 'chat.busy' }), 'busy', 'chat.busy'],
    [new TransientError('', { code: 'chat.overloaded' }), 'busy', 'chat.overloaded'],
    [new TransientError('', { code: 'chat.down' }), 'down', 'chat.down'],
    [new TransientError('', { code: 'chat.timeout' }), 'late', 'chat.timeout'],
    [new TransientError('', { code: 'chat.shape' }), 'invalid', 'chat.shape'],
    [new PermanentError('', { code: 'chat.refused' }), 'invalid', 'chat.refused'],
    [new TypeError('a defect'), 'invalid', 'understand.unexpected'],
  ])('costs its part where it fails: %s', async (failure, reason, code) => {
    const reader = readerOf(() => Promise.reject(failure));
    const failed = await retrieve(asked('stale cache'), { reader });
    expect(failed.fallbacks).toEqual([{ stage: 'understand', reason, code }]);
    expect(textsOf(failed)).toEqual(textsOf(await retrieve(asked('stale cache'), {})));
  });

  it('is not asked where nothing would come of it', async () => {
    const reader = readerOf({});
    const off = { selfQuery: false, rewordings: 0, steps: 0 };
    const settings = { ...shippedSettings, model: { ...model, ...off } };
    await retrieve(asked('stale cache'), { reader }, settings);
    await retrieve(asked(`${'cache '.repeat(400)}`), { reader });
    await retrieve(asked('  '), { reader });
    expect(reader.signals).toHaveLength(0);
    const history = [{ role: 'user' as const, text: 'Which cache is stale?' }];
    await retrieve(asked('and why?', { history }), { reader }, settings);
    expect(reader.signals).toHaveLength(1);
  });

  it('is stopped with the asker, whose reason is thrown', async () => {
    const reading = Promise.withResolvers<void>();
    const reader = readerOf(() => {
      reading.resolve();
      return new Promise(() => undefined);
    });
    const stop = new AbortController();
    const retrieving = openRetrieval({ ...stores, reader })(asked('stale cache'), stop.signal);
    await reading.promise;
    stop.abort('left');
    await expect(retrieving).rejects.toBe('left');
    expect(reader.signals[0]?.aborted).toBe(true);
  });

  it('is stopped when the search fails', async () => {
    const features = {
      ...stores.features,
      searchLexical: () => Promise.reject(new TransientError('', { code: 'features.down' })),
    };
    const reader = readerOf(() => new Promise(() => undefined));
    await expect(retrieve(asked('stale cache'), { features, reader })).rejects.toMatchObject({
      code: 'features.down',
    });
    expect(reader.signals[0]?.aborted).toBe(true);
  });
});

describe('what the model read', () => {
  it('brings up passages that share no word with the question, below the question’s own', async () => {
    const found = await withReading(asked('stale cache'), { rewordings: ['outdated copies'] });
    expect(textsOf(found)[0]).toBe('A stale cache is a choice.');
    const other = found.passages.find(({ chunk }) => chunk.text.startsWith('Outdated'));
    // No stage of the question's own saw it.
    expect(other?.scores).toMatchObject({ lexical: null, dense: null });
    expect(textsOf(await retrieve(asked('stale cache'), {}))).not.toContain(other?.chunk.text);
  });

  it('counts for less than the question, however many wordings went astray', async () => {
    const astray = { rewordings: ['ferns', 'ferns shade', 'shade'] };
    const found = await withReading(asked('stale cache'), astray);
    expect(textsOf(found)[0]).toBe('A stale cache is a choice.');
  });

  it('is used only as far as the settings say', async () => {
    const reading = { rewordings: ['outdated copies', 'ferns'], steps: ['cache', 'ferns'] };
    const settings = { ...shippedSettings, model: { ...model, rewordings: 1, steps: 0 } };
    const { understanding } = await withReading(asked('stale cache'), reading, settings);
    expect(understanding.queries).toEqual(['outdated copies']);
  });

  it('fills in what the rules did not read, and overrules nothing', async () => {
    const filter = { confidence: 0.4, words: '' };
    const filters = [
      { ...filter, field: 'author' as const, value: 'tomas-reyes' },
      { ...filter, field: 'source' as const, value: 'letters' },
    ];
    const { understanding, passages } = await withReading(
      asked('What did Ines Okafor write of ferns?'),
      { filters },
    );
    expect(understanding.filters.map(({ value }) => value)).toEqual(['ines-okafor', 'letters']);
    const ferns = passages.find(({ chunk }) => chunk.text === 'Ferns want shade.');
    expect(ferns?.scores.boost).toBeGreaterThan(0);
    const settings = { ...shippedSettings, model: { ...model, selfQuery: false } };
    const off = await withReading(asked('ferns'), { filters }, settings);
    expect(off.understanding.filters).toEqual([]);
  });

  it('puts its rewrite in the place of the words carried over', async () => {
    const history = [{ role: 'user' as const, text: 'What of ferns in gardens?' }];
    const seen: RerankQuery[] = [];
    const reranker = {
      name: 'listening',
      rerank: async (query: RerankQuery, passages: readonly unknown[]) => {
        seen.push(query);
        return passages.map(() => 0);
      },
    };
    const reader = readerOf({ rewritten: 'Do ferns want shade?' });
    const { understanding } = await retrieve(asked('and shade?', { history }), {
      reader,
      reranker,
    });
    expect(understanding.rewritten).toBe('Do ferns want shade?');
    expect(seen[0]).toEqual({
      question: 'Do ferns want shade?',
      terms: [
        { term: 'shade', weight: 1 },
        { term: 'ferns', weight: 0.5 },
        { term: 'want', weight: 0.5 },
      ],
    });
  });

  it('gets every step of a comparison into what is returned', async () => {
    const settings = { ...shippedSettings, limit: 3, perDocument: 3 };
    const comparison = asked(
      'Do a stale cache, its cache keys and its queue differ from ferns or copies?',
    );
    const without = textsOf(await retrieve(comparison, {}, settings));
    expect(without.every((text) => /cache/i.test(text))).toBe(true);
    const steps = ['ferns in shade', 'copies in memory'];
    const found = textsOf(await withReading(comparison, { steps }, settings));
    expect(found).toContain('Ferns want shade.');
    expect(found).toContain('Outdated copies linger in memory.');
    expect(found[0]).toBe(without[0]);
    // Steps that have nothing to do with the question take nobody's place.
    const unrelated = { steps: ['shade wanted', 'memory lingers'] };
    expect(textsOf(await withReading(comparison, unrelated, settings))).toEqual(without);
  });

  it('shows nobody what they may not see', async () => {
    const access = { authors: ['ines-okafor'] };
    const reading = {
      rewordings: ['outdated copies'],
      steps: ['ferns want shade', 'copies in memory'],
      filters: [{ field: 'author' as const, value: 'mara-lindqvist', confidence: 0.4, words: '' }],
    };
    const { passages } = await withReading(asked('stale cache', { access }), reading);
    const authors = new Set(passages.map(({ chunk }) => chunk.attributes.author.id));
    expect([...authors]).toEqual(['ines-okafor']);
  });

  it('has no more passages looked at than the question itself', async () => {
    const limits: number[] = [];
    const features: typeof stores.features = {
      ...stores.features,
      searchLexical: (set, terms, options) => {
        limits.push(options.limit);
        return stores.features.searchLexical(set, terms, options);
      },
    };
    const reader = readerOf({ rewordings: ['a b', 'c d', 'e f'], steps: ['g h', 'i j'] });
    await retrieve(asked('stale cache'), { features, reader });
    const [own = 0, ...others] = limits;
    expect(own).toBe(shippedSettings.candidates);
    expect(others).toHaveLength(5);
    expect(others.reduce((sum, limit) => sum + limit, 0)).toBeLessThanOrEqual(own);
  });
});
