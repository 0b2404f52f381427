import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AnswerEvent, Answering, Question } from '../../pipelines/inference/ask.ts';
import type { Inference } from '../../pipelines/inference/port.ts';
import { PermanentError, TransientError } from '../../pipelines/stores/errors.ts';
import {
  finish,
  generation,
  pipeline,
  question,
  retrieved,
  text,
} from '../pipelines/inference/pipeline.ts';

export type OpenAnswering = {
  readonly inference: Inference;
  close(): Promise<void>;
};

/** Opens an adapter over this pipeline, which answers with this release. */
export type OpenInference = (pipeline: Answering, release: string) => Promise<OpenAnswering>;

/** Everything that can be said of a question. */
const wholeQuestion: Required<Question> = {
  text: 'And in “Zürich”?\n\u2028 \ud83e\udea6 \ud800',
  history: [
    { role: 'user', text: 'What is a tombstone?' },
    { role: 'twin', text: 'A mark.' },
  ],
  access: { origins: ['/posts'], sources: [], authors: ['ada'], since: '2025-01-01' },
  now: '2026-11-15T13:00:00+01:00',
  abstention: { closest: 'Am nächsten:', nothing: 'Nichts.', cutShort: 'Hier abgebrochen.' },
  length: 'short',
  besides: ['chunk-1'],
};

const types = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);
/** How long it took and under which id is no part of what was said. */
const lasting = (event: AnswerEvent | { readonly type: 'begun' } | undefined) =>
  event?.type === 'done' ? { ...event, trace: '', timings: Object.keys(event.timings) } : event;

/** What pipelines/inference/port.ts promises, for any adapter. */
export function describeAnswering(name: string, open: OpenInference): void {
  describe(`answering ${name}`, () => {
    const opened: OpenAnswering[] = [];
    const over = async (answering: Answering, release = 'rel-1') => {
      const one = await open(answering, release);
      opened.push(one);
      return one.inference;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });

    test('tells who answers, then everything the pipeline says, in order and whole', async () => {
      const { answering } = pipeline([
        text('It marks.', 1),
        text('\n\n“Quoted” \ud83e\udea6 \ud800 \u2028', 1, 2),
        finish,
      ]);
      const inference = await over(answering, 'rel-7');
      const events = await Array.fromAsync(inference.ask(question));
      expect(types(events)).toEqual([
        'begun',
        'status',
        'status',
        'sources',
        'status',
        'text',
        'text',
        'done',
      ]);
      expect(events[0]).toEqual({ type: 'begun', release: 'rel-7' });
      expect(inference.release).toBe('rel-7');
      expect(events[3]).toMatchObject({
        featureSet: 'set-1',
        understanding: retrieved(question.text).understanding,
        expansion: [{ term: 'marker', weight: 0.5 }],
        sources: [
          { number: 1, chunkId: 'c0', scores: { dense: null, rescored: 0.25 } },
          { number: 2, chunkId: 'c1', headingPath: ['Two'] },
        ],
      });
      expect(events[6]).toEqual({
        type: 'text',
        text: '\n\n“Quoted” \ud83e\udea6 \ud800 \u2028',
        citations: [1, 2],
      });
      expect(lasting(events[7])).toEqual({
        type: 'done',
        outcome: 'answered',
        trace: '',
        cited: [1, 2],
        support: 0.75,
        timings: ['understand', 'search', 'total', 'answer'],
        fallbacks: retrieved('').fallbacks,
        generation,
        reading: { promptTokens: 200, completionTokens: 20, costUsd: null },
      });
    });

    test('the pipeline gets the whole question, and no more than that', async () => {
      const { answering, seen } = pipeline([finish]);
      const inference = await over(answering);
      await Array.fromAsync(inference.ask(wholeQuestion));
      await Array.fromAsync(inference.ask(question));
      expect(seen.questions).toEqual([wholeQuestion, question]);
      expect(Object.keys(seen.questions[1] ?? {}).sort()).toEqual(['history', 'now', 'text']);
    });

    test('an access that allows nothing is not one that allows everything', async () => {
      const { answering, seen } = pipeline([finish]);
      const inference = await over(answering);
      for (const access of [{}, { sources: [] }]) {
        await Array.fromAsync(inference.ask({ ...question, access }));
      }
      expect(seen.questions.map(({ access }) => access)).toEqual([{}, { sources: [] }]);
    });

    test('text arrives as it is written, not once the answer is whole', async () => {
      const { promise: rest, resolve } = Promise.withResolvers<void>();
      const { answering } = pipeline([text('It '), rest, text('marks.', 1), finish]);
      const inference = await over(answering);
      const said: string[] = [];
      for await (const event of inference.ask(question)) {
        if (event.type !== 'text') continue;
        said.push(event.text);
        // Only who has read the first part lets the second come.
        resolve();
      }
      expect(said).toEqual(['It ', 'marks.']);
    });

    test('an abstention keeps the words it was asked to be told in', async () => {
      const { answering } = pipeline([{ type: 'finish', reason: 'unsupported', support: 0.1 }]);
      const inference = await over(answering);
      const events = await Array.fromAsync(inference.ask(wholeQuestion));
      const said = events.flatMap((event) => (event.type === 'text' ? event.text : []));
      expect(said.join('')).toContain('Am nächsten:');
      expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'abstained' });
    });

    const failures = [
      {
        what: 'a permanent failure',
        failure: new PermanentError('The index is of another embedder.', {
          code: 'retrieve.embedder',
          hint: 'Load that one.',
        }),
        error: {
          code: 'retrieve.embedder',
          message: 'The index is of another embedder.',
          hint: 'Load that one.',
          retryable: false,
        },
      },
      {
        what: 'a transient failure',
        failure: new TransientError('The store is busy.', { code: 'store.busy', retryAfterMs: 50 }),
        error: {
          code: 'store.busy',
          message: 'The store is busy.',
          hint: null,
          retryable: true,
        },
      },
      {
        what: 'a defect, without its insides',
        failure: new Error('secret detail'),
        error: { code: 'answer.unexpected', retryable: false },
      },
    ];
    test.each(failures)('$what is the last event, and says what to do', async (failed) => {
      const { answering } = pipeline([text('It '), failed.failure]);
      const inference = await over(answering);
      const events = await Array.fromAsync(inference.ask(question));
      expect(types(events).slice(-2)).toEqual(['text', 'error']);
      expect(events.at(-1)).toMatchObject({ type: 'error', error: failed.error });
      expect(JSON.stringify(events)).not.toContain('secret detail');
    });

    test('a model that ends without saying how has failed', async () => {
      const { answering } = pipeline([text('It marks.', 1)]);
      const inference = await over(answering);
      const events = await Array.fromAsync(inference.ask(question));
      expect(events.at(-1)).toMatchObject({
        type: 'error',
        error: { code: 'answer.unfinished', retryable: true },
      });
    });

    test('the pipeline’s own deadline is told as such', async () => {
      const { answering } = pipeline([new Promise(() => undefined)], { deadlineMs: 30 });
      const inference = await over(answering);
      const events = await Array.fromAsync(inference.ask(question));
      expect(events.at(-1)).toMatchObject({ error: { code: 'answer.deadline' } });
    });

    test('an abort beforehand throws its reason, and nothing is asked', async () => {
      const { answering, seen } = pipeline([finish]);
      const inference = await over(answering);
      const reason = new Error('never mind');
      const asking = Array.fromAsync(inference.ask(question, AbortSignal.abort(reason)));
      await expect(asking).rejects.toBe(reason);
      expect(seen.questions).toEqual([]);
    });

    test('an abort in the middle throws its reason and stops the pipeline', async () => {
      const { answering, seen } = pipeline([text('It '), new Promise(() => undefined)]);
      const inference = await over(answering);
      const reason = new Error('never mind');
      const asker = new AbortController();
      const asking = (async () => {
        for await (const event of inference.ask(question, asker.signal)) {
          if (event.type === 'text') asker.abort(reason);
        }
      })();
      await expect(asking).rejects.toBe(reason);
      await vi.waitFor(() => expect(seen.stopped()).toEqual([true]));
    });

    test('an abort while retrieval is at work stops it', async () => {
      const asker = new AbortController();
      const signals: AbortSignal[] = [];
      const { answering } = pipeline([finish], {
        retrieve(_question, signal) {
          if (signal) signals.push(signal);
          asker.abort(new Error('never mind'));
          return new Promise(() => undefined);
        },
      });
      const inference = await over(answering);
      const asking = Array.fromAsync(inference.ask(question, asker.signal));
      await expect(asking).rejects.toThrow('never mind');
      await vi.waitFor(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true]));
    });

    test('whoever stops reading stops the pipeline', async () => {
      const { answering, seen } = pipeline([text('It '), new Promise(() => undefined)]);
      const inference = await over(answering);
      for await (const event of inference.ask(question)) if (event.type === 'text') break;
      await vi.waitFor(() => expect(seen.stopped()).toEqual([true]));
    });

    test('two hundred at once get each their own answer', async () => {
      const { answering } = pipeline([finish], {
        model: {
          name: 'echo',
          async *stream(request) {
            for (const word of request.question.split(' ')) yield text(`${word} `);
            yield finish;
          },
        },
      });
      const inference = await over(answering);
      const said = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const events = await Array.fromAsync(
            inference.ask({ ...question, text: `What about number ${index}?` }),
          );
          expect(events.at(-1)).toMatchObject({ type: 'done', outcome: 'answered' });
          return events.flatMap((event) => (event.type === 'text' ? event.text : [])).join('');
        }),
      );
      expect(said).toEqual(
        Array.from({ length: 200 }, (_, index) => `What about number ${index}? (here) `),
      );
    });
  });
}
