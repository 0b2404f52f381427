import { expect, test, vi } from 'vitest';
import type { Flow } from '../../../pipelines/queues/port.ts';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import { patience, type Workshop } from './workshop.ts';

const leaf = (key: string): Flow => ({ queue: 'collect', key, payload: { key } });
const daily: Flow = {
  queue: 'datasets',
  key: 'daily',
  payload: {},
  after: [{ queue: 'features', key: 'sync', payload: {}, after: [leaf('a'), leaf('b')] }],
};

/** Jobs that come after others. */
export function describeFlows(shop: Workshop): void {
  const find = async (queue: Flow['queue'], key: string) =>
    (await shop.queues.jobs({ queue })).find((job) => job.key === key);

  test('starts a job when all that it comes after are done', async () => {
    const { job, created } = await shop.queues.enqueueFlow(daily);
    expect([job.queue, job.key, job.waitsFor, created]).toEqual(['datasets', 'daily', 1, true]);
    expect(await find('features', 'sync')).toMatchObject({ waitsFor: 2, state: 'waiting' });
    expect((await shop.queues.counts('datasets')).waiting).toBe(1);

    const ended: string[] = [];
    for (const queue of ['collect', 'features', 'datasets'] as const) {
      shop.work(async (_payload, context) => void ended.push(context.job.key), { queue });
    }
    await shop.becomes(job.id, 'done');
    expect(ended).toEqual(['a', 'b', 'sync', 'daily']);
    expect((await shop.queues.job(job.id))?.waitsFor).toBe(0);
  });

  test('makes a job dead with the reason of what died before it, however far before', async () => {
    const { job } = await shop.queues.enqueueFlow(daily);
    shop.work(
      async ({ key }) => {
        if (key === 'a') throw new PermanentError('The blog is gone.', { code: 'test.gone' });
      },
      { queue: 'collect' },
    );
    await shop.becomes(job.id, 'dead');
    expect(await shop.queues.job(job.id)).toMatchObject({
      reason: 'The blog is gone.',
      attempts: 0,
      waitsFor: 0,
    });
    expect(await find('features', 'sync')).toMatchObject({ state: 'dead' });
  });

  test('makes a job dead when what it comes after is cancelled', async () => {
    const { job } = await shop.queues.enqueueFlow(daily);
    const first = await find('collect', 'a');
    expect(await shop.other.cancel(first?.id ?? '')).toBe(true);
    const dead = await shop.queues.job(job.id);
    expect(dead).toMatchObject({ state: 'dead', reason: 'The job was cancelled.' });
    expect(dead?.finishedAt).not.toBeNull();
    // The key is free again.
    expect((await shop.queues.enqueue('datasets', 'daily', {})).created).toBe(true);
  });

  test('takes a job that is open already for its part of the flow', async () => {
    const open = await shop.queues.enqueue('collect', 'a', { key: 'a' });
    const { job } = await shop.queues.enqueueFlow({ ...daily, after: [leaf('a'), leaf('a')] });
    expect(job.waitsFor).toBeGreaterThan(0);
    expect((await shop.queues.counts('collect')).waiting).toBe(1);
    shop.work(async () => {}, { queue: 'collect' });
    shop.work(async () => {}, { queue: 'datasets' });
    await shop.becomes(open.job.id, 'done');
    await shop.becomes(job.id, 'done');
  });

  test('enqueues nothing of a flow whose own job is open already', async () => {
    const open = await shop.queues.enqueue('datasets', 'daily', { n: 1 });
    const again = await shop.other.enqueueFlow(daily);
    expect([again.created, again.job.id]).toEqual([false, open.job.id]);
    expect((await shop.queues.counts('collect')).waiting).toBe(0);
  });

  test('puts a job of a flow back in line without waiting once more', async () => {
    const { job } = await shop.queues.enqueueFlow(daily);
    await shop.queues.cancel((await find('collect', 'a'))?.id ?? '');
    expect(await shop.queues.retry(job.id)).toBe(true);
    shop.work(async () => {}, { queue: 'datasets' });
    await shop.becomes(job.id, 'done');
    expect((await find('features', 'sync'))?.state).toBe('dead');
  });

  test('cancels a job that waits for others, and not those', async () => {
    const { job } = await shop.queues.enqueueFlow(daily);
    expect(await shop.queues.cancel(job.id)).toBe(true);
    expect(await shop.stateOf(job.id)).toBe('cancelled');
    shop.work(async () => {}, { queue: 'collect' });
    shop.work(async () => {}, { queue: 'features' });
    await vi.waitFor(
      async () => expect((await find('features', 'sync'))?.state).toBe('done'),
      patience,
    );
    expect(await shop.stateOf(job.id)).toBe('cancelled');
  });

  test('does not start a job of a flow before its time', async () => {
    const delayMs = 400;
    const { job } = await shop.queues.enqueueFlow({
      ...daily,
      options: { delayMs },
      after: [leaf('a')],
    });
    shop.work(async () => {}, { queue: 'collect' });
    shop.work(async () => {}, { queue: 'datasets' });
    await shop.becomes(job.id, 'done');
    const { startedAt, createdAt } = (await shop.queues.job(job.id)) ?? {};
    expect(Date.parse(startedAt ?? '') - Date.parse(createdAt ?? '')).toBeGreaterThanOrEqual(395);
  });
}
