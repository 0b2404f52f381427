import { describe, expect, test } from 'vitest';
import {
  type AnswerEvent,
  type Answering,
  ask,
  markedText,
} from '../../../pipelines/inference/ask.ts';
import type { Retrieved } from '../../../pipelines/inference/types.ts';
import type { ChatPart, ChatRequest, Generation } from '../../../pipelines/serving/chat/port.ts';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';

const question = { text: 'What is a tombstone?', history: [], now: '2026-11-15T12:00:00Z' };
const finish: ChatPart = { type: 'finish', reason: 'stop', support: 0.9 };
const text = (words: string, ...citations: number[]): ChatPart => ({
  type: 'text',
  text: words,
  citations,
});

function retrieved(titles: readonly string[]): Retrieved {
  const scores = { lexical: 1, dense: null, rescored: null, boost: 0, final: 1 };
  return {
    featureSet: 'set-1',
    understanding: {
      question: question.text,
      rewritten: 'What is a tombstone here?',
      filters: [],
      comparison: false,
    },
    expansion: [],
    timings: { understand: 1, search: 2, total: 3 },
    fallbacks: [],
    passages: titles.map((title, index) => ({
      scores: { ...scores, final: 1 / (index + 1) },
      windowText: async () => '',
      chunk: {
        id: `c${index}`,
        documentId: `d${title}`,
        revision: 1,
        ordinal: 0,
        start: 0,
        end: 4,
        text: 'text',
        context: '',
        headingPath: [title],
        tokens: 1,
        attributes: {
          author: { id: 'a', name: 'A' },
          source: 's',
          platform: 'folder',
          kind: 'note',
          language: 'en',
          publishedAt: null,
          link: 'https://example.org/',
          title,
          origin: '/o',
        },
      },
    })),
  };
}

function answering(
  parts: readonly (ChatPart | Error)[],
  titles = ['One', 'Two'],
): Answering & { asked: ChatRequest[] } {
  const asked: ChatRequest[] = [];
  return {
    asked,
    retrieve: async () => retrieved(titles),
    model: {
      name: 'test-model',
      async *stream(request) {
        asked.push(request);
        for (const part of parts) {
          if (part instanceof Error) throw part;
          yield part;
        }
      },
    },
  };
}

const all = (ports: Answering, signal?: AbortSignal) =>
  Array.fromAsync(ask(ports, question, signal));
const types = (events: readonly AnswerEvent[]) =>
  events.map(({ type }) => type).filter((type) => type !== 'status');

describe('ask', () => {
  test('yields sources, text and one done, with measured timings', async () => {
    const events = await all(answering([text('It marks.', 1), finish]));
    expect(types(events)).toEqual(['sources', 'text', 'done']);
    const done = events.at(-1);
    expect(done).toMatchObject({ type: 'done', outcome: 'answered', cited: [1], support: 0.9 });
    if (done?.type !== 'done') throw new Error('no done');
    expect(done.timings).toMatchObject({ understand: 1, search: 2 });
    expect(done.timings['total']).toBeGreaterThanOrEqual(done.timings['answer'] ?? 0);
  });

  test('stopped before it began, nothing that fails later is left unheard', async () => {
    const late = Promise.withResolvers<never>();
    const ports = { ...answering([finish]), retrieve: () => late.promise };
    await expect(all(ports, AbortSignal.abort('restarted'))).rejects.toBe('restarted');
    // An unhandled rejection would fail the run, as it would end a process.
    late.reject(new Error('too late to matter'));
    await new Promise((resolve) => setImmediate(resolve));
  });

  test('names what it did without: in the searching first, then in the writing', async () => {
    const late = { stage: 'understand', reason: 'late', code: 'understand.late' } as const;
    const ports = answering([
      { type: 'fallback', reason: 'down', code: 'chat.down' },
      text('It marks.', 1),
      finish,
    ]);
    const events = await all({
      ...ports,
      retrieve: async () => ({ ...retrieved(['One']), fallbacks: [late] }),
    });
    expect(types(events)).toEqual(['sources', 'text', 'done']);
    expect(events.at(-1)).toMatchObject({
      fallbacks: [late, { stage: 'generate', reason: 'down', code: 'chat.down' }],
      generation: null,
    });
  });

  test('says that a model named no source for what it wrote', async () => {
    const generation = { model: 'tgi:base' } as unknown as Generation;
    const uncited = { stage: 'generate', reason: 'uncited', code: 'chat.uncited' };
    const fallbacksOf = async (...parts: ChatPart[]) => {
      const done = (await all(answering(parts))).at(-1);
      return done?.type === 'done' ? done.fallbacks : null;
    };
    const written = { ...finish, generation };
    expect(await fallbacksOf(text('It marks.'), written)).toEqual([uncited]);
    expect(await fallbacksOf(text('It marks.', 1), written)).toEqual([]);
    // A number that no source has is none.
    expect(await fallbacksOf(text('It marks.', 9), written)).toEqual([uncited]);
    expect(await fallbacksOf({ ...written, reason: 'unsupported' })).toEqual([]);
  });

  test('says where the model was cut short, in the asker’s words, before what is quoted instead', async () => {
    const cut = { type: 'fallback', reason: 'cut', code: 'chat.unfinished' } as const;
    const ports = answering([text('It ma'), cut, text('\n\nA tombstone marks.', 1), finish]);
    const abstention = { closest: '', nothing: '', cutShort: 'Hier brach es ab:' };
    const said = (events: readonly AnswerEvent[]) =>
      events.flatMap((event) => (event.type === 'text' ? event.text : []));
    const events = await Array.fromAsync(ask(ports, { ...question, abstention }));
    expect(said(events)).toEqual(['It ma', '\n\n_Hier brach es ab:_', '\n\nA tombstone marks.']);
    // Nothing follows: then there is nothing to announce.
    const bare = await all(answering([text('It ma'), cut, finish]));
    expect(said(bare)).toEqual(['It ma']);
    expect(bare.at(-1)).toMatchObject({ fallbacks: [{ reason: 'cut' }], outcome: 'answered' });
  });

  test('hands the model the rewritten question and passages numbered as the sources are', async () => {
    const ports = answering([finish]);
    await all(ports);
    expect(ports.asked[0]).toMatchObject({
      question: 'What is a tombstone here?',
      passages: [
        { number: 1, title: 'One', score: 1 },
        { number: 2, title: 'Two', score: 0.5 },
      ],
    });
  });

  test('tells the model how long to answer and what was used before, and numbers as ever', async () => {
    const ports = answering([finish]);
    await Array.fromAsync(ask(ports, { ...question, length: 'short', besides: ['c1', 'gone'] }));
    expect(ports.asked[0]?.length).toBe('short');
    const used = ports.asked[0]?.passages.map(({ number, usedBefore }) => [number, usedBefore]);
    expect(used).toEqual([
      [1, undefined],
      [2, true],
    ]);
    await all(ports);
    expect(Object.keys(ports.asked[1] ?? {})).not.toContain('length');
    expect(ports.asked[1]?.passages.some((passage) => 'usedBefore' in passage)).toBe(false);
  });

  test('takes words for a met condition only when a passage meets it', async () => {
    const ports = answering([finish]);
    const found = retrieved(['One']);
    const filters = [
      { field: 'author', value: 'a', confidence: 1, words: 'by A' },
      {
        field: 'date',
        value: '1998',
        since: '1998-01-01',
        until: '1998-12-31',
        confidence: 1,
        words: 'in 1998',
      },
    ] as const;
    const retrieve = async () => ({ ...found, understanding: { ...found.understanding, filters } });
    await all({ ...ports, retrieve });
    expect(ports.asked[0]?.conditions).toEqual(['by A']);
  });

  test('never shows a citation of a source that is not there', async () => {
    const events = await all(answering([text('Well.', 1, 7), finish]));
    expect(events).toContainEqual({ type: 'text', text: 'Well.', citations: [1] });
  });

  test('an abstention names the nearest sources, their titles taken literally', async () => {
    const unsupported: ChatPart = { type: 'finish', reason: 'unsupported', support: 0.1 };
    const events = await all(answering([unsupported], ['<b>*One*</b>', 'Two']));
    const words = events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('');
    expect(words).toContain('did not find');
    expect(words).toContain('\\<b\\>\\*One\\*');
    expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'abstained', cited: [1, 2] });
  });

  test('a stream that ends without finish is an error, after the text that came', async () => {
    const events = await all(answering([text('Half', 1)]));
    expect(types(events)).toEqual(['sources', 'text', 'error']);
    expect(events.at(-1)).toMatchObject({ error: { code: 'answer.unfinished', retryable: true } });
  });

  test.each([
    [
      new TransientError('busy', { code: 'chat.busy', hint: 'wait' }),
      { code: 'chat.busy', message: 'busy', hint: 'wait', retryable: true },
    ],
    [
      new PermanentError('no key', { code: 'chat.key' }),
      { code: 'chat.key', message: 'no key', hint: null, retryable: false },
    ],
    [new Error('secret /path'), { code: 'answer.unexpected', retryable: false }],
  ])('a failure in mid-stream becomes one typed error event: %s', async (failure, expected) => {
    const events = await all(answering([text('Half', 1), failure]));
    expect(types(events)).toEqual(['sources', 'text', 'error']);
    expect(events.at(-1)).toMatchObject({ error: expected });
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  test('a failing retrieval is an error event too', async () => {
    const retrieve = () => Promise.reject(new TransientError('locked', { code: 'store.busy' }));
    const events = await all({ ...answering([]), retrieve });
    expect(types(events)).toEqual(['error']);
  });

  test('aborting throws the reason, also while a model hangs', async () => {
    const controller = new AbortController();
    const hanging: Answering = {
      ...answering([]),
      model: {
        name: 'hangs',
        stream: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
      },
    };
    setTimeout(() => controller.abort(new Error('stopped')), 20);
    await expect(all(hanging, controller.signal)).rejects.toThrow('stopped');
  });

  test('the deadline is an error event, also while retrieval hangs', async () => {
    const retrieve = () => new Promise<Retrieved>(() => {});
    const events = await all({ ...answering([]), retrieve, deadlineMs: 30 });
    expect(events.at(-1)).toMatchObject({ error: { code: 'answer.deadline', retryable: true } });
  });

  test('rare words weigh more by the store’s statistics', async () => {
    const ports = answering([finish]);
    const statistics = async () => ({
      chunks: 1_000,
      averageLength: 100,
      documentFrequency: new Map([
        ['tombston', 3],
        ['here', 900],
      ]),
    });
    await all({ ...ports, statistics });
    const idf = ports.asked[0]?.idf ?? (() => 0);
    expect(idf('tombston')).toBeGreaterThan(idf('here'));
    expect(idf('never-seen')).toBeGreaterThan(idf('tombston'));
  });
});

describe('markedText', () => {
  test('draws citations after a sentence, and below a block', () => {
    expect(markedText('It marks.', [1, 2])).toBe('It marks. [1][2]');
    expect(markedText('```\ncode\n```', [1])).toBe('```\ncode\n```\n\n[1]');
    expect(markedText('Said.', [])).toBe('Said.');
  });
});
