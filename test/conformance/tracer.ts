import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Feedback, Trace, TraceLog } from '../../monitoring/tracer.ts';

export type OpenTraceLog = {
  readonly log: TraceLog;
  /** A second connection to the same storage, as another process would have. */
  readonly other: TraceLog;
  close(): Promise<void>;
};

export function trace(id: string, changes: Partial<Trace> = {}): Trace {
  return {
    id,
    thread: 'thread-1',
    channel: 'terminal',
    asker: null,
    startedAt: '2025-01-01T00:00:00.000Z',
    question: 'What is a twin?',
    answer: 'A voice. [1]',
    outcome: 'answered',
    release: 'rel-1',
    featureSet: 'set-1',
    documents: ['document-1'],
    authors: ['ada'],
    spans: [
      { name: 'retrieve', startMs: 0, durationMs: 3.5, attributes: { chunks: 8, why: null } },
    ],
    ...changes,
  };
}

const feedback = (changes: Partial<Feedback> = {}): Feedback => ({
  trace: 'one',
  giver: 'someone',
  value: 'up',
  reason: null,
  at: '2025-01-01T00:01:00.000Z',
  ...changes,
});

/** What monitoring/tracer.ts promises of a trace log, for any adapter. `open` gives an empty storage. */
export function describeTraceLog(name: string, open: () => Promise<OpenTraceLog>): void {
  describe(`trace log on ${name}`, () => {
    let opened: OpenTraceLog;
    let log: TraceLog;
    beforeEach(async () => {
      opened = await open();
      log = opened.log;
    });
    afterEach(() => opened.close());

    test('has a trace for every other process once `record` resolved', async () => {
      const recorded = trace('one', { question: 'Any "text"; \'even\' 💡\n' });
      await log.record(recorded);
      expect(await opened.other.traces()).toEqual([recorded]);
    });

    test('records a trace once, however often it is delivered', async () => {
      await log.record(trace('one'));
      await opened.other.record(trace('one'));
      expect((await log.counts()).traces).toBe(1);
    });

    test('takes about a millisecond to record', async () => {
      const begin = performance.now();
      for (let n = 0; n < 300; n += 1) await log.record(trace(`trace-${n}`));
      // Far above what it takes, so that a busy machine does not matter; far below a flush to disk.
      expect((performance.now() - begin) / 300).toBeLessThan(10);
    });

    test('lists traces newest first, by thread, no more than asked for', async () => {
      await log.record(trace('old', { startedAt: '2024-01-01T00:00:00.000Z' }));
      await log.record(trace('new', { startedAt: '2026-01-01T00:00:00.000Z', thread: 'b' }));
      await log.record(trace('middle', { startedAt: '2025-01-01T00:00:00.000Z' }));
      const ids = async (filter = {}) => (await log.traces(filter)).map(({ id }) => id);
      expect(await ids()).toEqual(['new', 'middle', 'old']);
      expect(await ids({ limit: 1 })).toEqual(['new']);
      expect(await ids({ thread: 'thread-1' })).toEqual(['middle', 'old']);
      expect(await ids({ ids: ['old', 'unknown', 'new'] })).toEqual(['new', 'old']);
      expect(await ids({ ids: ['old', 'new'], thread: 'b' })).toEqual(['new']);
      expect(await ids({ ids: [] })).toEqual([]);
    });

    test('takes feedback only for a trace that exists', async () => {
      expect(await log.feedback(feedback())).toBe(false);
      await log.record(trace('one'));
      expect(await log.feedback(feedback())).toBe(true);
      expect(await log.feedbackOf('one')).toEqual([feedback()]);
    });

    test('keeps the last feedback of each giver', async () => {
      await log.record(trace('one'));
      await log.feedback(feedback());
      const later = { value: 'down', reason: 'wrong', at: '2025-01-02T00:00:00.000Z' } as const;
      await opened.other.feedback(feedback(later));
      await log.feedback(feedback({ giver: 'another' }));
      expect(await log.counts()).toEqual({ traces: 1, up: 1, down: 1 });
      expect(await log.feedbackOf('one')).toContainEqual(feedback(later));
    });

    test('shows the latest feedback with its questions', async () => {
      await log.record(trace('one', { question: 'First?' }));
      await log.record(trace('two', { question: 'Second?' }));
      await log.feedback(feedback());
      const later = feedback({ trace: 'two', at: '2026-01-01T00:00:00.000Z' });
      await log.feedback(later);
      expect(await opened.other.recentFeedback(5)).toEqual([
        { ...later, question: 'Second?' },
        { ...feedback(), question: 'First?' },
      ]);
      expect(await log.recentFeedback(1)).toHaveLength(1);
    });

    test('forgets every trace of a document or an author, with its feedback', async () => {
      await log.record(trace('one', { documents: ['d1', 'd2'], authors: ['ada'] }));
      await log.record(trace('two', { documents: ['d3'], authors: ['bob', 'eve'] }));
      await log.record(trace('three', { documents: [], authors: [] }));
      await log.feedback(feedback());
      expect(await log.forget({})).toBe(0);
      expect(await log.forget({ documents: ['d2', 'unknown'], authors: ['eve'] })).toBe(2);
      expect((await log.traces()).map(({ id }) => id)).toEqual(['three']);
      expect(await log.feedbackOf('one')).toEqual([]);
      expect(await log.counts()).toEqual({ traces: 1, up: 0, down: 0 });
    });
  });
}
