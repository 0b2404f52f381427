import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Attempt } from '../../../../pipelines/serving/endpoints/port.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';
import { down, longMs, opened, overloaded, refused } from './fixtures.ts';
import type { ManualClock } from './manual-clock.ts';

/** What an attempt does: after so long, so many results, then this end. */
type Script = {
  readonly delayMs: number;
  readonly results: number;
  readonly end: 'done' | 'down' | 'overloaded' | 'refused' | 'mistake' | 'hang';
};
type Asked = {
  readonly atMs: number;
  readonly stream: boolean;
  readonly affinity: string | undefined;
  /** When its caller leaves. */
  readonly leavesMs: number | undefined;
  readonly scripts: readonly Script[];
};

const scripts = fc.record<Script>({
  delayMs: fc.integer({ min: 0, max: 1_500 }),
  results: fc.integer({ min: 0, max: 3 }),
  end: fc.constantFrom('done', 'done', 'done', 'down', 'overloaded', 'refused', 'mistake', 'hang'),
});
const requests = fc.array(
  fc.record<Asked>({
    atMs: fc.integer({ min: 0, max: 5_000 }),
    stream: fc.boolean(),
    affinity: fc.constantFrom(undefined, 'ada', 'grace'),
    leavesMs: fc.option(fc.integer({ min: 0, max: 8_000 }), { nil: undefined, freq: 4 }),
    scripts: fc.array(scripts, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 30 },
);

const errors = { down, overloaded, refused, mistake: () => new RangeError('a mistake of ours') };

function sleeping(clock: ManualClock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

test('whatever happens, each request ends once, within its bounds, and nothing stays behind', async () => {
  const shapes = fc.record({
    count: fc.integer({ min: 1, max: 3 }),
    concurrency: fc.integer({ min: 1, max: 3 }),
    queue: fc.integer({ min: 0, max: 4 }),
    attempts: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(shapes, requests, async ({ count, ...limits }, asked) => {
      const { endpoints, clock } = opened(limits, count);
      const attempts: { readonly attempt: Attempt; over: boolean }[] = [];
      const controllers: AbortController[] = [];

      const ask = async ({ stream, affinity, scripts: plan }: Asked, signal: AbortSignal) => {
        let nth = 0;
        let seen = 0;
        const begin = (attempt: Attempt) => {
          const script = plan[nth % plan.length] as Script;
          nth += 1;
          expect(nth).toBeLessThanOrEqual(limits.attempts);
          // Nothing that was handed on is ever asked for again.
          expect(seen).toBe(0);
          const log = { attempt, over: false };
          attempts.push(log);
          const running = attempts.filter(
            (one) => !one.over && one.attempt.endpoint.url === attempt.endpoint.url,
          );
          const live = running.filter((one) => !one.attempt.signal.aborted);
          expect(live.length).toBeLessThanOrEqual(limits.concurrency);
          return { script, log };
        };
        const finish = async ({ script, log }: ReturnType<typeof begin>) => {
          log.over = true;
          if (script.end === 'hang') await new Promise(() => {});
          if (script.end !== 'done' && script.end !== 'hang') throw errors[script.end]();
        };
        const work = { signal, ...(affinity ? { affinity } : {}) };
        if (!stream) {
          await endpoints.call(work, async (attempt) => {
            const begun = begin(attempt);
            await sleeping(clock, begun.script.delayMs);
            await finish(begun);
          });
          return 'done';
        }
        const results = endpoints.stream(work, async function* (attempt) {
          const begun = begin(attempt);
          for (let at = 0; at < begun.script.results; at += 1) {
            await sleeping(clock, begun.script.delayMs / 3);
            yield at;
          }
          await finish(begun);
        });
        for await (const result of results) {
          expect(result).toBe(seen);
          seen += 1;
        }
        return 'done';
      };

      const ends = asked.map(async (request) => {
        const controller = new AbortController();
        controllers.push(controller);
        await sleeping(clock, request.atMs);
        const reason = new Error('left');
        if (request.leavesMs !== undefined) {
          void sleeping(clock, request.leavesMs).then(() => controller.abort(reason));
        }
        return ask(request, controller.signal).catch((error) => {
          const known = error instanceof PermanentError || error instanceof TransientError;
          expect(known || error === reason || error instanceof RangeError).toBe(true);
          return error;
        });
      });
      for (let at = 0; at < 20; at += 1) {
        await clock.advance(1_000);
        expect(endpoints.waiting()).toBeLessThanOrEqual(limits.queue);
      }
      await clock.advance(longMs * 10);
      await Promise.all(ends);

      expect(endpoints.waiting()).toBe(0);
      for (const state of endpoints.states()) expect(state.running).toBe(0);
      expect(attempts.every(({ attempt }) => attempt.signal.aborted)).toBe(true);
      for (const { signal } of controllers) expect(getEventListeners(signal, 'abort')).toEqual([]);
      await endpoints.close();
      expect(clock.pending()).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('10,000 requests on one signal leave no listener, no timer and no slot behind', async () => {
  const { endpoints, clock } = opened({ concurrency: 8, queue: 100 }, 2);
  const { signal } = new AbortController();
  const one = async (at: number) => {
    if (at % 2 === 0) return endpoints.call({ signal, affinity: `${at % 7}` }, async () => at);
    for await (const item of endpoints.stream({ signal }, async function* () {
      yield at;
      yield at;
    })) {
      if (at % 3 === 0) return item;
    }
    return at;
  };
  const results: number[] = [];
  for (let at = 0; at < 10_000; at += 100) {
    const batch = Array.from({ length: 100 }, (_, nth) => one(at + nth));
    results.push(...(await Promise.all(batch)));
  }
  expect(results).toEqual(Array.from({ length: 10_000 }, (_, at) => at));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(clock.pending()).toBe(0);
  expect(endpoints.states().map(({ running }) => running)).toEqual([0, 0]);
});
