import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Seen } from '../../../pipelines/queues/port.ts';
import { PostponedError } from '../../../pipelines/queues/postponed.ts';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';
import { patience, untilAborted, type Workshop } from './workshop.ts';

const never = () => new PermanentError('It can never work.', { code: 'test.never' });

/** What becomes of jobs, and what an operator sees of it. */
export function describeSeen(shop: Workshop): void {
  test('puts a postponed job back in line without counting its start', async () => {
    const starts: number[] = [];
    shop.work(async (_payload, { job }) => {
      starts.push(Date.now());
      expect(job.attempts).toBe(1);
      if (starts.length < 3) throw new PostponedError('The host asked for patience.', 200);
    });
    const id = await shop.enqueue('limited', {}, { maxAttempts: 1 });
    await shop.becomes(id, 'done');
    expect(starts).toHaveLength(3);
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(195);
    expect(await shop.queues.job(id)).toMatchObject({
      attempts: 1,
      reason: 'The host asked for patience.',
    });
  });

  test('tries again no sooner than a transient failure asked', async () => {
    const starts: number[] = [];
    shop.work(async () => {
      starts.push(Date.now());
      if (starts.length === 1) {
        throw new TransientError('Later.', { code: 'test.later', retryAfterMs: 500 });
      }
    });
    const id = await shop.enqueue('told when');
    await shop.becomes(id, 'done');
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBeGreaterThanOrEqual(495);
    const { runAt = '', createdAt = '' } = (await shop.queues.job(id)) ?? {};
    expect(Date.parse(runAt) - Date.parse(createdAt)).toBeGreaterThanOrEqual(495);
  });

  test('says when a job was started', async () => {
    const id = await shop.enqueue('timed');
    expect((await shop.queues.job(id))?.startedAt).toBeNull();
    let told: string | null = null;
    shop.work(async (_payload, { job }) => {
      told = job.startedAt;
    });
    await shop.becomes(id, 'done');
    const job = await shop.queues.job(id);
    expect(told).not.toBeNull();
    expect(job?.startedAt).toBe(told);
    expect(Date.parse(job?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(job?.runAt ?? ''));
    expect(Date.parse(job?.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(told ?? ''));
  });

  test('says for how long the job has waited that was due first', async () => {
    expect(await shop.queues.oldestDue('score')).toBeNull();
    await shop.enqueue('not yet', {}, { delayMs: 60_000 });
    await shop.queues.enqueueFlow({
      queue: 'score',
      key: 'after another',
      payload: {},
      after: [{ queue: 'train', key: 'before', payload: {} }],
    });
    expect(await shop.queues.oldestDue('score')).toBeNull();
    for (let n = 0; n < 5; n += 1) await shop.enqueue(`first${n}`, {}, { group: 'a' });
    await wait(300);
    await shop.enqueue('another', {}, { group: 'b' });
    expect(await shop.other.oldestDue('score')).toBeGreaterThanOrEqual(295);
    shop.work(async () => {});
    await vi.waitFor(async () => expect(await shop.queues.oldestDue('score')).toBeNull(), patience);
  });

  test('tells of each start what came of it, and for how long it waited and ran', async () => {
    const seen: Seen[] = [];
    shop.work(
      async ({ act }, context) => {
        if (act === 'retry' && context.job.attempts === 1) throw new Error('Once more.');
        if (act === 'dead') throw never();
        if (act === 'postponed' && seen.length < 4) throw new PostponedError('Not now.', 1);
        if (act === 'cancelled' || act === 'interrupted') await untilAborted(context);
        else await wait(20);
      },
      { observe: (each) => seen.push(each) },
    );
    const outcomes = () => seen.map(({ outcome }) => outcome);
    await shop.becomes(await shop.enqueue('1', { act: 'dead' }), 'dead');
    await shop.becomes(await shop.enqueue('2', { act: 'retry' }), 'done');
    await shop.becomes(await shop.enqueue('3', { act: 'postponed' }), 'done');
    const id = await shop.enqueue('4', { act: 'cancelled' });
    await shop.becomes(id, 'running');
    await shop.other.cancel(id);
    await shop.becomes(id, 'cancelled');
    await shop.becomes(await shop.enqueue('5', { act: 'interrupted' }), 'running');
    await shop.finishWork();
    expect(outcomes()).toEqual([
      ...['dead', 'retry', 'done', 'postponed', 'done', 'cancelled', 'interrupted'],
    ]);
    expect(seen.every(({ queue, waitMs }) => queue === 'score' && waitMs >= 0)).toBe(true);
    expect(seen[2]?.runMs).toBeGreaterThanOrEqual(15);
  });

  test('does not take the failure of an observer for the job’s', async () => {
    const observe = () => {
      throw new Error('No more metrics.');
    };
    shop.work(async () => {}, { observe });
    await shop.becomes(await shop.enqueue('a'), 'done');
    await shop.becomes(await shop.enqueue('b'), 'done');
  });

  test('puts all dead jobs of a queue back in line, but no cancelled ones', async () => {
    let broken = true;
    shop.work(async () => {
      if (broken) throw never();
    });
    const ids = [await shop.enqueue('a'), await shop.enqueue('b')];
    for (const id of ids) await shop.becomes(id, 'dead');
    const unwanted = await shop.enqueue('c', {}, { delayMs: 60_000 });
    await shop.queues.cancel(unwanted);
    broken = false;
    expect(await shop.queues.retryAll('train')).toBe(0);
    expect(await shop.other.retryAll('score')).toBe(2);
    for (const id of ids) await shop.becomes(id, 'done');
    expect((await shop.queues.job(ids[0] ?? ''))?.attempts).toBe(1);
    expect(await shop.stateOf(unwanted)).toBe('cancelled');
    expect(await shop.queues.retryAll('score')).toBe(0);
  });

  test('does not put two dead jobs of one key back in line', async () => {
    shop.work(async () => {
      throw never();
    });
    await shop.becomes(await shop.enqueue('same'), 'dead');
    await shop.becomes(await shop.enqueue('same'), 'dead');
    await shop.queues.pause('score');
    expect(await shop.queues.retryAll('score')).toBe(1);
    expect(await shop.queues.counts('score')).toMatchObject({ waiting: 1, dead: 1 });
  });

  test('says whether a queue is paused', async () => {
    await shop.queues.pause('score');
    expect([await shop.other.paused('score'), await shop.other.paused('train')]).toEqual([
      true,
      false,
    ]);
    await shop.queues.resume('score');
    expect(await shop.other.paused('score')).toBe(false);
  });

  test.each([
    ['fails', async () => Promise.reject(new Error('Stopped.'))],
    ['fails for good', async () => Promise.reject(never())],
    ['wants to be postponed', async () => Promise.reject(new PostponedError('Later.', 10))],
    ['ends well', async () => {}],
  ] as const)('calls a job cancelled whose handler then %s', async (_does, end) => {
    shop.work(async (_payload, context) => {
      await untilAborted(context);
      await end();
    });
    const id = await shop.enqueue('long');
    await shop.becomes(id, 'running');
    expect(await shop.other.cancel(id)).toBe(true);
    await shop.becomes(id, 'cancelled');
    expect(await shop.queues.job(id)).toMatchObject({ reason: 'The job was cancelled.' });
    await shop.finishWork();
    expect(await shop.queues.counts('score')).toMatchObject({ cancelled: 1, waiting: 0, dead: 0 });
    expect((await shop.queues.enqueue('score', 'long', {})).created).toBe(true);
  });
}
