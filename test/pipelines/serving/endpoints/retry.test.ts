import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { down, failure, longMs, opened, overloaded, refused } from './fixtures.ts';

/** Fails so many times, then answers. */
function failing(times: number, error: () => unknown = down) {
  const asked: { url: string; atMs: number }[] = [];
  return {
    asked,
    run: (now: () => number) => async (attempt: { endpoint: { url: string } }) => {
      asked.push({ url: attempt.endpoint.url, atMs: now() });
      if (asked.length <= times) throw error();
      return 'well';
    },
  };
}

test('tries a transient failure again, within the attempts', async () => {
  const { endpoints, clock } = opened({ attempts: 3 });
  const work = failing(2);
  const result = endpoints.call({}, work.run(clock.now));
  await clock.advance(longMs);
  expect(await result).toBe('well');
  expect(work.asked).toHaveLength(3);

  const more = failing(3, overloaded);
  const given = failure(endpoints.call({}, more.run(clock.now)));
  await clock.advance(longMs);
  expect((await given).code).toBe('chat.overloaded');
  expect(more.asked).toHaveLength(3);
});

test('waits longer before each further attempt, a little more or less each time', async () => {
  const { endpoints, clock } = opened({ attempts: 5 });
  const work = failing(4, overloaded);
  const result = endpoints.call({}, work.run(clock.now));
  await clock.advance(longMs);
  await result;
  const at = work.asked.map(({ atMs }) => atMs);
  expect(at[1]).toBeGreaterThan(0);
  expect(at[4]).toBeLessThan(5_000);
  expect(at.every((ms) => !Number.isInteger(ms) || ms === 0)).toBe(true);
});

test('never tries a permanent failure again, nor what is no failure of the server', async () => {
  const { endpoints } = opened();
  for (const error of [refused(), new RangeError('a mistake of ours')]) {
    const work = failing(1, () => error);
    expect(
      await failure(
        endpoints.call(
          {},
          work.run(() => 0),
        ),
      ),
    ).toBe(error);
    expect(work.asked).toHaveLength(1);
  }
  expect(endpoints.states()[0]).toMatchObject({ breaker: 'closed', failed: 0 });
});

test('leaves a server alone for as long as it asks to be', async () => {
  const { endpoints, clock } = opened();
  const work = failing(1, () => overloaded(2_000));
  const result = endpoints.call({}, work.run(clock.now));
  await clock.advance(1_999);
  expect(work.asked).toHaveLength(1);
  await clock.advance(longMs);
  expect(await result).toBe('well');
  expect(work.asked[1]?.atMs).toBeGreaterThanOrEqual(2_000);
});

test('does not make anybody wait for a server that wants to be left alone for long', async () => {
  const { endpoints } = opened();
  const work = failing(1, () => overloaded(60_000));
  const error = await failure(
    endpoints.call(
      {},
      work.run(() => 0),
    ),
  );
  expect(error).toMatchObject({ code: 'chat.overloaded', retryAfterMs: 60_000 });
});

test('goes elsewhere where there is an elsewhere, without waiting as the first one asked', async () => {
  const { endpoints, clock } = opened({}, 3);
  const work = failing(2, () => overloaded(5_000));
  const result = endpoints.call({ affinity: 'ada' }, work.run(clock.now));
  await clock.advance(4_000);
  expect(await result).toBe('well');
  expect(new Set(work.asked.map(({ url }) => url)).size).toBe(3);
});

test('with the budget spent a request fails of its first failure', async () => {
  const { endpoints, clock } = opened({ attempts: 2, retryBudget: 0.1 });
  let asked = 0;
  const run = async () => {
    asked += 1;
    throw overloaded();
  };
  const requests = 50;
  for (let at = 0; at < requests; at += 1) {
    const given = failure(endpoints.call({}, run));
    await clock.advance(longMs);
    expect((await given).code).toBe('chat.overloaded');
  }
  // Ten are in hand at first, and each request earns a tenth of one.
  expect(asked - requests).toBeGreaterThanOrEqual(10);
  expect(asked - requests).toBeLessThanOrEqual(15);
});

test('without a budget nothing is tried again', async () => {
  const { endpoints } = opened({ retryBudget: 0 });
  const work = failing(1);
  expect(
    (
      await failure(
        endpoints.call(
          {},
          work.run(() => 0),
        ),
      )
    ).code,
  ).toBe('chat.down');
  expect(work.asked).toHaveLength(1);
});

test('who leaves between two attempts gets the signal’s reason, and nothing stays behind', async () => {
  const { endpoints, clock } = opened();
  const controller = new AbortController();
  const work = failing(1, () => overloaded(5_000));
  const given = failure(endpoints.call({ signal: controller.signal }, work.run(clock.now)));
  await clock.advance(1_000);
  const reason = new Error('left');
  controller.abort(reason);
  expect(await given).toBe(reason);
  expect(work.asked).toHaveLength(1);
  expect(clock.pending()).toBe(0);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('a request that finds no room to be tried again fails of what it failed of', async () => {
  const { endpoints, clock } = opened({ concurrency: 1, queue: 0 });
  const first = failure(endpoints.call({}, failing(1).run(clock.now)));
  await clock.advance(0);
  const hog = endpoints.call({}, () => new Promise<string>(() => {}));
  const ended = failure(hog);
  await clock.advance(900);
  expect((await first).code).toBe('chat.down');
  await endpoints.close();
  expect((await ended).code).toBe('chat.closed');
});
