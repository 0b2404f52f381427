import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { Attempt } from '../../../../pipelines/serving/endpoints/port.ts';
import { collected } from '../../../conformance/fixtures.ts';
import { down, failure, longMs, opened, refused } from './fixtures.ts';

/** Streams these, one script per attempt; an error is thrown, a promise awaited. */
function scripted(...scripts: (string | Error | Promise<string>)[][]) {
  const attempts: Attempt[] = [];
  const closed: boolean[] = [];
  return {
    attempts,
    closed,
    async *run(attempt: Attempt) {
      const nth = attempts.push(attempt) - 1;
      try {
        for (const item of scripts[nth] ?? []) {
          if (item instanceof Error) throw item;
          yield await item;
        }
      } finally {
        closed[nth] = true;
      }
    },
  };
}
const never = new Promise<string>(() => {});

test('hands on what comes in, in order, and is done when it is done', async () => {
  const { endpoints, clock } = opened();
  const work = scripted(['a', 'b', 'c']);
  expect(await collected(endpoints.stream({}, work.run))).toEqual(['a', 'b', 'c']);
  expect(work.attempts[0]?.signal.aborted).toBe(true);
  expect(endpoints.states()[0]).toMatchObject({ running: 0, succeeded: 1, failed: 0 });
  expect(clock.pending()).toBe(0);
});

test('is tried again while nothing of it was handed on', async () => {
  const { endpoints, clock } = opened();
  const work = scripted([down()], [down()], ['a']);
  const result = collected(endpoints.stream({}, work.run));
  await clock.advance(longMs);
  expect(await result).toEqual(['a']);
  expect(work.closed).toEqual([true, true, true]);
  expect(work.attempts.every(({ signal }) => signal.aborted)).toBe(true);
});

test('is never begun again once something of it was handed on', async () => {
  const { endpoints } = opened();
  const work = scripted(['a', down()], ['a', 'b']);
  const seen: string[] = [];
  const error = await failure(
    (async () => {
      for await (const item of endpoints.stream({}, work.run)) seen.push(item);
    })(),
  );
  expect(error.code).toBe('chat.down');
  expect(seen).toEqual(['a']);
  expect(work.attempts).toHaveLength(1);
  expect(endpoints.states()[0]).toMatchObject({ running: 0, failed: 1, succeeded: 0 });
});

test('leaving it aborts its signal, ends the work and frees its slot', async () => {
  const { endpoints, clock } = opened({ concurrency: 1 });
  const work = scripted(['a', 'b', never]);
  for await (const item of endpoints.stream({}, work.run)) if (item === 'b') break;
  expect(work.attempts[0]?.signal.aborted).toBe(true);
  expect(work.closed).toEqual([true]);
  expect(endpoints.states()[0]).toMatchObject({ running: 0, succeeded: 1 });
  expect(clock.pending()).toBe(0);
});

test('aborting it ends it at once with the signal’s reason, though the work does not listen', async () => {
  const { endpoints, clock } = opened();
  const controller = new AbortController();
  const work = scripted(['a', never]);
  const given = failure(collected(endpoints.stream({ signal: controller.signal }, work.run)));
  await clock.advance(100);
  const reason = new Error('left');
  controller.abort(reason);
  expect(await given).toBe(reason);
  expect(work.attempts[0]?.signal.reason).toBe(reason);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  expect(clock.pending()).toBe(0);
  expect(endpoints.states()[0]).toMatchObject({ running: 0, failed: 0, breaker: 'closed' });
});

test('waits for its first result as long as it may, then tries again', async () => {
  const { endpoints, clock } = opened({ firstMs: 1_000 });
  const work = scripted([never], ['a']);
  const result = collected(endpoints.stream({}, work.run));
  await clock.advance(999);
  expect(work.attempts[0]?.signal.aborted).toBe(false);
  await clock.advance(1);
  expect(work.attempts[0]?.signal.reason).toMatchObject({ code: 'chat.timeout' });
  await clock.advance(longMs);
  expect(await result).toEqual(['a']);
});

test('says which time limit it was', async () => {
  const { endpoints, clock } = opened({ firstMs: 1_000, idleMs: 500, attempts: 1 });
  const first = failure(collected(endpoints.stream({}, scripted([never]).run)));
  const idle = failure(collected(endpoints.stream({}, scripted(['a', never]).run)));
  await clock.advance(1_000);
  expect((await first).message).toBe('The model server did not answer within 1000 ms.');
  expect((await idle).message).toBe(
    'The model server began to answer, then was silent for 500 ms.',
  );
});

test('silence is the server’s: how long a reader takes for a result does not count', async () => {
  const { endpoints, clock } = opened({ idleMs: 500 });
  const seen: string[] = [];
  for await (const item of endpoints.stream({}, scripted(['a', 'b', 'c']).run)) {
    seen.push(item);
    await clock.advance(10_000);
  }
  expect(seen).toEqual(['a', 'b', 'c']);
});

test('a server that shows that it is working may take longer', async () => {
  const { endpoints, clock } = opened({ firstMs: 1_000, attempts: 1 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = scripted([promise]);
  const result = collected(endpoints.stream({}, work.run));
  for (let at = 0; at < 5; at += 1) {
    await clock.advance(900);
    work.attempts[0]?.alive();
  }
  resolve('thought');
  expect(await result).toEqual(['thought']);
});

test('asks for the next result only when somebody wants it', async () => {
  const { endpoints } = opened();
  let made = 0;
  const stream = endpoints
    .stream({}, async function* () {
      for (;;) {
        made += 1;
        yield made;
      }
    })
    [Symbol.asyncIterator]();
  await stream.next();
  await stream.next();
  expect(made).toBe(2);
  await stream.return?.();
  expect(endpoints.states()[0]).toMatchObject({ running: 0 });
});

test('a permanent failure is thrown as it is', async () => {
  const { endpoints } = opened();
  const error = refused();
  expect(await failure(collected(endpoints.stream({}, scripted([error]).run)))).toBe(error);
});

test('closing ends running streams at once', async () => {
  const { endpoints, clock } = opened();
  const given = failure(collected(endpoints.stream({}, scripted(['a', never]).run)));
  await clock.advance(10);
  await endpoints.close();
  expect((await given).code).toBe('chat.closed');
  expect(clock.pending()).toBe(0);
});
