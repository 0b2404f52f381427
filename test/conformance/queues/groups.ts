import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { patience, type Workshop } from './workshop.ts';

/** Whose turn it is. */
export function describeGroups(shop: Workshop): void {
  const lineUp = async (group: string, count: number) => {
    for (let n = 1; n <= count; n += 1) await shop.enqueue(`${group}${n}`, {}, { group });
  };

  test('lets groups take turns, so that a long line of one does not hold up another', async () => {
    await lineUp('a', 40);
    await lineUp('b', 3);
    await shop.enqueue('of nobody');
    const order = await shop.startsInOrder(44);
    expect(order.indexOf('b1')).toBeLessThanOrEqual(3);
    expect(order.indexOf('of nobody')).toBeLessThanOrEqual(3);
    expect(order.indexOf('b3')).toBeLessThanOrEqual(8);
    expect(order.filter((key) => key.startsWith('a'))).toEqual(
      Array.from({ length: 40 }, (_, n) => `a${n + 1}`),
    );
  });

  test('takes what has no group for one more, whose long line holds up nobody', async () => {
    await shop.queues.pause('score');
    for (let n = 1; n <= 20; n += 1) await shop.enqueue(`of nobody ${n}`);
    await lineUp('a', 12);
    await lineUp('b', 3);
    const order: string[] = [];
    shop.work(async (_payload, { job }) => void order.push(job.key));
    // A worker that looks while nothing may start leaves the line as it is.
    await wait(100);
    await shop.other.resume('score');
    await vi.waitFor(() => expect(order).toHaveLength(35), patience);
    const of = (group: string, first: number) =>
      order.slice(0, first).filter((key) => key.startsWith(group)).length;
    expect([of('of nobody', 3), of('a', 3), of('b', 3)]).toEqual([1, 1, 1]);
    expect([of('of nobody', 9), of('a', 9), of('b', 9)]).toEqual([3, 3, 3]);
    expect(of('of nobody', 25)).toBeLessThanOrEqual(13);
    for (const [group, count] of [
      ['of nobody ', 20],
      ['a', 12],
      ['b', 3],
    ] as const) {
      expect(order.filter((key) => key.startsWith(group))).toEqual(
        Array.from({ length: count }, (_, n) => `${group}${n + 1}`),
      );
    }
  });

  test('starts the jobs of one group in order of their time, then of their creation', async () => {
    await shop.queues.pause('score');
    await shop.enqueue('late', {}, { group: 'a', delayMs: 60 });
    await shop.enqueue('first', {}, { group: 'a' });
    const second = await shop.enqueue('second', {}, { group: 'a' });
    await vi.waitFor(async () => {
      const { createdAt = '' } = (await shop.queues.job(second)) ?? {};
      expect(Date.now()).toBeGreaterThan(Date.parse(createdAt) + 100);
    }, patience);
    await shop.enqueue('last', {}, { group: 'a' });
    await shop.queues.resume('score');
    expect(await shop.startsInOrder(4)).toEqual(['first', 'second', 'late', 'last']);
  });

  test('gives a group that had the queue to itself its fair part afterwards, and no less', async () => {
    await shop.queues.pause('score');
    await lineUp('a', 12);
    await shop.queues.resume('score');
    const order = await shop.startsInOrder(12);
    await shop.queues.pause('score');
    await lineUp('a', 10);
    await lineUp('b', 10);
    await shop.other.resume('score');
    await vi.waitFor(() => expect(order).toHaveLength(32), patience);
    const early = order.slice(12, 22).filter((key) => key.startsWith('a')).length;
    expect(early).toBeGreaterThanOrEqual(3);
    expect(early).toBeLessThanOrEqual(7);
  });

  test('lines a job up behind those of its group that were due before its next try', async () => {
    const order: string[] = [];
    await shop.enqueue('failing', {}, { group: 'a' });
    for (let n = 1; n <= 5; n += 1) await shop.enqueue(`next${n}`, {}, { group: 'a' });
    shop.work(async (_payload, { job }) => {
      order.push(job.key);
      if (job.key === 'failing' && job.attempts === 1) {
        await vi.waitFor(() => expect(order).toHaveLength(1));
        throw new Error('Once more.');
      }
      // Longer than the retry is put off, so that it is due while others still wait.
      if (job.key === 'next1') await new Promise((resolve) => setTimeout(resolve, 150));
    });
    await vi.waitFor(() => expect(order).toHaveLength(7), patience);
    expect(order).toEqual(['failing', 'next1', 'next2', 'next3', 'next4', 'next5', 'failing']);
  });

  test('says whose work a job is', async () => {
    const id = await shop.enqueue('mine', {}, { group: 'me' });
    expect((await shop.other.job(id))?.group).toBe('me');
    expect((await shop.queues.job(await shop.enqueue('of nobody')))?.group).toBeNull();
  });
}
