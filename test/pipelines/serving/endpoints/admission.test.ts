import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { TransientError } from '../../../../pipelines/stores/errors.ts';
import { controlled, failure, opened } from './fixtures.ts';

test('gives an endpoint its number of requests at once, and lets the others wait in their order', async () => {
  const { endpoints, clock } = opened({ concurrency: 2, queue: 2 });
  const work = controlled();
  const order: string[] = [];
  const ask = (name: string) =>
    endpoints.call({}, (attempt) => {
      order.push(name);
      return work.run(attempt);
    });
  const all = [ask('a'), ask('b'), ask('c'), ask('d')];
  await clock.advance(0);
  expect(order).toEqual(['a', 'b']);
  expect(endpoints.waiting()).toBe(2);
  expect(endpoints.states()[0]).toMatchObject({ running: 2 });

  work.end(1, 'second');
  await clock.advance(0);
  expect(order).toEqual(['a', 'b', 'c']);
  work.end(0, 'first');
  await clock.advance(0);
  work.end(2, 'third');
  work.end(3, 'fourth');
  expect(await Promise.all(all)).toEqual(['first', 'second', 'third', 'fourth']);
  expect(endpoints.states()[0]).toMatchObject({ running: 0, succeeded: 4 });
});

test('fails a request beyond the queue’s bound at once, and says that it is busy', async () => {
  const { endpoints, clock } = opened({ concurrency: 1, queue: 1 });
  const work = controlled();
  const running = [endpoints.call({}, work.run), endpoints.call({}, work.run)];
  await clock.advance(0);
  const error = await failure(endpoints.call({}, work.run));
  expect(error).toBeInstanceOf(TransientError);
  expect(error).toMatchObject({ code: 'chat.busy', retryAfterMs: 1_000 });
  expect(error.message).toBe('The model server is busy: 1 requests are running and 1 are waiting.');
  expect(work.attempts).toHaveLength(1);

  work.end(0, 'a');
  await clock.advance(0);
  work.end(1, 'b');
  expect(await Promise.all(running)).toEqual(['a', 'b']);
});

test('who leaves the queue makes room in it, and leaves nothing at the signal', async () => {
  const { endpoints, clock } = opened({ concurrency: 1, queue: 1 });
  const work = controlled();
  const running = endpoints.call({}, work.run);
  const controller = new AbortController();
  const waiting = failure(endpoints.call({ signal: controller.signal }, work.run));
  await clock.advance(0);
  const reason = new Error('no longer needed');
  controller.abort(reason);
  expect(await waiting).toBe(reason);
  expect(endpoints.waiting()).toBe(0);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);

  const next = endpoints.call({}, work.run);
  work.end(0, 'a');
  await clock.advance(0);
  work.end(1, 'b');
  expect(await Promise.all([running, next])).toEqual(['a', 'b']);
});

test('a request that is aborted already is not begun', async () => {
  const { endpoints } = opened();
  const work = controlled();
  const reason = new Error('too late');
  const signal = AbortSignal.abort(reason);
  expect(await failure(endpoints.call({ signal }, work.run))).toBe(reason);
  expect(work.attempts).toEqual([]);
});

test('closing also ends who is just being let in', async () => {
  for (let steps = 0; steps < 12; steps += 1) {
    const { endpoints, clock } = opened({ concurrency: 1, queue: 1 });
    const work = controlled();
    const running = endpoints.call({}, work.run).catch((error) => error);
    const next = failure(endpoints.call({}, work.run));
    await clock.advance(0);
    work.end(0, 'first');
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    await endpoints.close();
    expect((await next).code).toBe('chat.closed');
    await running;
    expect(endpoints.states()[0]).toMatchObject({ running: 0 });
    expect(clock.pending()).toBe(0);
  }
});

test('closing ends what runs and what waits, at once, and nothing begins after it', async () => {
  const { endpoints, clock } = opened({ concurrency: 1, queue: 1 });
  const work = controlled();
  const both = [
    failure(endpoints.call({}, work.run)),
    failure(endpoints.call({}, work.run)),
  ] as const;
  await clock.advance(0);
  await endpoints.close();
  for (const error of await Promise.all(both)) expect(error.code).toBe('chat.closed');
  expect((await failure(endpoints.call({}, work.run))).code).toBe('chat.closed');
  expect(work.attempts).toHaveLength(1);
  expect(work.attempts[0]?.signal.aborted).toBe(true);
  expect(clock.pending()).toBe(0);
});
