import { expect, test } from 'vitest';
import { controlled, down, failure, longMs, opened, overloaded, refused } from './fixtures.ts';

const once = { attempts: 1, firstMs: 120_000 };

async function failTimes(
  endpoints: ReturnType<typeof opened>['endpoints'],
  times: number,
  error: () => Error,
) {
  for (let at = 0; at < times; at += 1) {
    await failure(endpoints.call({}, () => Promise.reject(error())));
  }
}

test('stops asking a server that keeps failing, and says so at once', async () => {
  const { endpoints, urls } = opened(once);
  await failTimes(endpoints, 4, down);
  expect(endpoints.states()[0]?.breaker).toBe('closed');
  await failTimes(endpoints, 1, down);
  expect(endpoints.states()[0]?.breaker).toBe('open');

  const work = controlled();
  const error = await failure(endpoints.call({}, work.run));
  expect(work.attempts).toEqual([]);
  expect(error.code).toBe('chat.down');
  expect(error.message).toContain(urls[0]);
  expect(error.cause).toMatchObject({ message: 'It is down.' });
  expect((error as { retryAfterMs?: number }).retryAfterMs).toBeGreaterThan(0);
});

test('is not troubled by a server that is overloaded, or refuses, or by who leaves', async () => {
  const { endpoints, clock } = opened(once);
  await failTimes(endpoints, 30, overloaded);
  await failTimes(endpoints, 30, refused);
  for (let at = 0; at < 30; at += 1) {
    const controller = new AbortController();
    const given = failure(
      endpoints.call({ signal: controller.signal }, () => new Promise<string>(() => {})),
    );
    await clock.advance(1);
    controller.abort(new Error('left'));
    await given;
  }
  expect(endpoints.states()[0]).toMatchObject({ breaker: 'closed', failed: 0, running: 0 });
});

test('a failure now and then among successes does not open it', async () => {
  const { endpoints } = opened(once);
  for (let at = 0; at < 40; at += 1) {
    await endpoints.call({}, async () => 'well');
    await failTimes(endpoints, 1, down);
  }
  expect(endpoints.states()[0]).toMatchObject({ breaker: 'closed', failed: 40, succeeded: 40 });
});

test('after a while one request tries it; the others wait for what that finds', async () => {
  const { endpoints, clock } = opened(once);
  await failTimes(endpoints, 5, down);
  await clock.advance(longMs);
  expect(endpoints.states()[0]?.breaker).toBe('half-open');

  const work = controlled();
  const all = [endpoints.call({}, work.run), endpoints.call({}, work.run)];
  await clock.advance(0);
  expect(work.attempts).toHaveLength(1);
  expect(endpoints.waiting()).toBe(1);
  work.end(0, 'well');
  await clock.advance(0);
  expect(endpoints.states()[0]?.breaker).toBe('closed');
  work.end(1, 'well too');
  expect(await Promise.all(all)).toEqual(['well', 'well too']);
});

test('when the trial fails it stays open, and who waited for it fails at once', async () => {
  const { endpoints, clock } = opened(once);
  await failTimes(endpoints, 5, down);
  await clock.advance(longMs);
  const work = controlled();
  const both = [
    failure(endpoints.call({}, work.run)),
    failure(endpoints.call({}, work.run)),
  ] as const;
  await clock.advance(0);
  work.fail(0, down());
  const [trial, waited] = await Promise.all(both);
  expect(trial.message).toBe('It is down.');
  expect(waited.code).toBe('chat.down');
  expect(work.attempts).toHaveLength(1);
  expect(endpoints.states()[0]?.breaker).toBe('open');
});

test('a trial that its caller leaves decides nothing: the next request tries', async () => {
  const { endpoints, clock } = opened(once);
  await failTimes(endpoints, 5, down);
  await clock.advance(longMs);
  const controller = new AbortController();
  const work = controlled();
  const left = failure(endpoints.call({ signal: controller.signal }, work.run));
  const next = endpoints.call({}, work.run);
  await clock.advance(0);
  expect(work.attempts).toHaveLength(1);
  controller.abort(new Error('left'));
  await left;
  await clock.advance(0);
  work.end(1, 'well');
  expect(await next).toBe('well');
  expect(endpoints.states()[0]?.breaker).toBe('closed');
});

test('a stream’s first result is enough: others need not wait until it has ended', async () => {
  const { endpoints, clock } = opened(once);
  await failTimes(endpoints, 5, down);
  await clock.advance(longMs);
  const stream = endpoints
    .stream({}, async function* () {
      yield 'first';
      await new Promise(() => {});
    })
    [Symbol.asyncIterator]();
  await stream.next();
  expect(endpoints.states()[0]).toMatchObject({ breaker: 'closed', running: 1 });
  expect(await endpoints.call({}, async () => 'well')).toBe('well');
  await stream.return?.();
});

test('what began before it opened neither closes it nor keeps it open', async () => {
  const { endpoints, clock } = opened({ ...once, concurrency: 3 });
  const work = controlled();
  const early = endpoints.call({}, work.run);
  await clock.advance(0);
  await failTimes(endpoints, 5, down);
  work.end(0, 'late but well');
  expect(await early).toBe('late but well');
  expect(endpoints.states()[0]?.breaker).toBe('open');
});

test('what began before it opened and fails late says nothing about the server now', async () => {
  const { endpoints, clock } = opened({ ...once, concurrency: 20 });
  const work = controlled();
  const early = Array.from({ length: 10 }, () => failure(endpoints.call({}, work.run)));
  await clock.advance(0);
  await failTimes(endpoints, 5, down);
  await clock.advance(longMs);
  expect(endpoints.states()[0]?.breaker).toBe('half-open');
  for (const at of early.keys()) work.fail(at, down());
  await Promise.all(early);
  expect(endpoints.states()[0]?.breaker).toBe('half-open');
});

test('a request whose failure opens it fails of that at once, for there is nobody to ask again', async () => {
  const { endpoints, clock } = opened({ ...once, attempts: 2, concurrency: 5 });
  const work = controlled();
  const all = Array.from({ length: 5 }, () => failure(endpoints.call({}, work.run)));
  await clock.advance(0);
  // The first four wait for their second attempt; the clock does not move, so only the fifth can end.
  for (const at of all.keys()) work.fail(at, down());
  expect(await all[4]).toMatchObject({ message: 'It is down.' });
  expect(endpoints.states()[0]?.breaker).toBe('open');
  await endpoints.close();
  await Promise.all(all);
  expect(work.attempts).toHaveLength(5);
});

test('with one of two open, requests go to the other alone', async () => {
  const { endpoints, urls } = opened({ attempts: 2 }, 2);
  const asked: string[] = [];
  const run = async ({ endpoint }: { endpoint: { url: string } }) => {
    asked.push(endpoint.url);
    if (endpoint.url === urls[0]) throw down();
    return 'well';
  };
  // Without a clock that moves nothing is tried again: those that meet the sick one wait.
  const all = Array.from({ length: 12 }, () => endpoints.call({}, run).catch(() => 'given up'));
  await new Promise((resolve) => setImmediate(resolve));
  void all;
  expect(endpoints.states()[1]?.breaker).toBe('closed');
  for (let at = 0; endpoints.states()[0]?.breaker !== 'open' && at < 20; at += 1) {
    void endpoints.call({}, run).catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(endpoints.states()[0]?.breaker).toBe('open');
  const before = asked.length;
  for (let at = 0; at < 5; at += 1) expect(await endpoints.call({}, run)).toBe('well');
  expect(new Set(asked.slice(before))).toEqual(new Set([urls[1]]));
  await endpoints.close();
});
