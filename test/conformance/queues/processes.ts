import { expect, test, vi } from 'vitest';
import { patience, type Workshop } from './workshop.ts';

/** Workers in processes of their own, some of which die. */
export function describeProcesses(shop: Workshop): void {
  test('reaches a handler in another process with a cancel, and ends its job though it dies', async () => {
    const id = await shop.enqueue('elsewhere', { hang: true });
    const worker = await shop.startWorker();
    await vi.waitFor(() => expect(worker.started).toEqual(['elsewhere']), patience);
    expect(await shop.queues.cancel(id)).toBe(true);
    await vi.waitFor(() => expect(worker.stopped).toEqual(['elsewhere']), patience);
    await worker.kill();
    shop.work(async () => {});
    await shop.becomes(id, 'cancelled');
    expect(await shop.queues.job(id)).toMatchObject({ reason: 'The job was cancelled.' });
  });

  test('counts the start of a worker that was killed, and gives up after the last one', async () => {
    const id = await shop.enqueue('deadly', { hang: true }, { maxAttempts: 1 });
    const worker = await shop.startWorker();
    await vi.waitFor(() => expect(worker.started).toEqual(['deadly']), patience);
    await worker.kill();
    let runs = 0;
    shop.work(async () => {
      runs += 1;
    });
    await shop.becomes(id, 'dead');
    expect(await shop.queues.job(id)).toMatchObject({
      attempts: 1,
      reason: 'its worker vanished',
    });
    expect(runs).toBe(0);
  });

  test('stops starting jobs in all processes when one pauses the queue', async () => {
    const worker = await shop.startWorker();
    await shop.becomes(await shop.enqueue('before'), 'done');
    await shop.queues.pause('score');
    const id = await shop.enqueue('held');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([worker.started, await shop.stateOf(id)]).toEqual([['before'], 'waiting']);
    await shop.queues.resume('score');
    await shop.becomes(id, 'done');
  });
}
