import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { patience, untilAborted, type Workshop } from './workshop.ts';

const hour = 60 * 60_000;
const often = { queue: 'score', key: 'often', payload: { n: 1 }, everyMs: 60 } as const;

/** Jobs that come again and again. */
export function describeSchedules(shop: Workshop): void {
  test('enqueues a scheduled job at once, and again and again', async () => {
    const runs: unknown[] = [];
    await shop.queues.schedule(often);
    expect((await shop.queues.counts('score')).waiting).toBe(1);
    shop.work(async (payload) => void runs.push(payload));
    await vi.waitFor(() => expect(runs.length).toBeGreaterThanOrEqual(4), patience);
    expect(new Set(runs.map((run) => JSON.stringify(run)))).toEqual(new Set(['{"n":1}']));
  });

  test('enqueues what was missed many times once', async () => {
    await shop.queues.schedule(often);
    await shop.queues.pause('score');
    await wait(400);
    shop.work(async () => {});
    await vi.waitFor(async () => {
      const [schedule] = await shop.queues.schedules();
      expect(Date.parse(schedule?.nextAt ?? '')).toBeGreaterThan(Date.now());
    }, patience);
    expect(await shop.queues.jobs({ queue: 'score' })).toHaveLength(1);
  });

  test('does not enqueue a scheduled job while its last one is open', async () => {
    let runs = 0;
    await shop.queues.schedule(often);
    shop.work(
      async (_payload, context) => {
        runs += 1;
        await untilAborted(context);
      },
      { concurrency: 5 },
    );
    await vi.waitFor(() => expect(runs).toBe(1), patience);
    await wait(200);
    expect(runs).toBe(1);
    expect(await shop.queues.jobs({ queue: 'score' })).toHaveLength(1);
  });

  test('brings nothing forward when it is told the same again, as processes do at each start', async () => {
    await shop.queues.schedule({ ...often, everyMs: hour });
    const [before] = await shop.other.schedules();
    shop.work(async () => {});
    await vi.waitFor(
      async () => expect((await shop.queues.counts('score')).done).toBe(1),
      patience,
    );
    await shop.other.schedule({ ...often, everyMs: hour, payload: { n: 2 } });
    await wait(150);
    expect(await shop.queues.jobs({ queue: 'score' })).toHaveLength(1);
    expect(await shop.queues.schedules()).toEqual([{ ...before, payload: { n: 2 } }]);
    expect(before).toMatchObject({ queue: 'score', key: 'often', everyMs: hour });
  });

  test('takes a shorter interval at once', async () => {
    await shop.queues.schedule({ ...often, everyMs: hour });
    shop.work(async () => {});
    await shop.queues.schedule(often);
    await vi.waitFor(
      async () => expect((await shop.queues.counts('score')).done).toBeGreaterThanOrEqual(3),
      patience,
    );
    expect(await shop.queues.schedules()).toHaveLength(1);
  });

  test('stops what is no longer scheduled', async () => {
    await shop.queues.schedule({ ...often, everyMs: 150 });
    await shop.queues.schedule({ ...often, queue: 'collect', key: 'other', everyMs: hour });
    expect((await shop.queues.schedules()).map(({ key }) => key)).toEqual(['other', 'often']);
    expect(await shop.other.unschedule('score', 'often')).toBe(true);
    expect(await shop.queues.unschedule('score', 'often')).toBe(false);
    shop.work(async () => {});
    await vi.waitFor(
      async () => expect((await shop.queues.counts('score')).done).toBe(1),
      patience,
    );
    await wait(300);
    expect(await shop.queues.jobs({ queue: 'score' })).toHaveLength(1);
    expect(await shop.queues.schedules()).toHaveLength(1);
  });
}
