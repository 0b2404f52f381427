import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import type { JobHandler, JobPayload } from '../../pipelines/queues/port.ts';
import { PostponedError } from '../../pipelines/queues/postponed.ts';
import { PermanentError, TransientError } from '../../pipelines/stores/errors.ts';
import { describeFlows } from './queues/flows.ts';
import { describeGroups } from './queues/groups.ts';
import { describeProcesses } from './queues/processes.ts';
import { describeSchedules } from './queues/schedules.ts';
import { describeSeen } from './queues/seen.ts';
import { describeTraces } from './queues/traces.ts';
import { type OpenQueues, openWorkshop, untilAborted } from './queues/workshop.ts';

/** What pipelines/queues/port.ts promises, for any adapter. `open` gives an empty storage. */
export function describeQueues(name: string, open: () => Promise<OpenQueues>): void {
  describe(`queues on ${name}`, () => {
    const shop = openWorkshop(open);
    const { enqueue, stateOf, becomes } = shop;
    const work = (handler: JobHandler, concurrency = 1, on = shop.queues) =>
      shop.work(handler, { concurrency, on });

    test('runs a job with its payload and calls it done', async () => {
      const seen: JobPayload[] = [];
      work(async (payload) => {
        seen.push(payload);
      });
      const id = await enqueue('a', { link: 'https://example.org', deep: [1, { two: null }] });
      await becomes(id, 'done');
      expect(seen).toEqual([{ link: 'https://example.org', deep: [1, { two: null }] }]);
      expect(await shop.queues.job(id)).toMatchObject({ attempts: 1, reason: null, key: 'a' });
      expect((await shop.queues.job(id))?.finishedAt).not.toBeNull();
    });

    test('has one open job per queue and key', async () => {
      const first = await shop.queues.enqueue('score', 'same', { n: 1 });
      const second = await shop.other.enqueue('score', 'same', { n: 2 });
      expect([first.created, second.created]).toEqual([true, false]);
      expect(second.job.id).toBe(first.job.id);
      expect((await shop.queues.enqueue('train', 'same', {})).created).toBe(true);

      work(async () => {});
      await becomes(first.job.id, 'done');
      expect((await shop.queues.enqueue('score', 'same', {})).created).toBe(true);
    });

    test('brings a job forward that is asked for sooner, unless it has failed or was put off', async () => {
      const later = { delayMs: 600_000 };
      const id = await enqueue('planned', {}, later);
      const asked = await shop.other.enqueue('score', 'planned', {}, { delayMs: 60_000 });
      expect(asked).toMatchObject({ created: false, job: { id } });
      const runAt = Date.parse((await shop.queues.job(id))?.runAt ?? '');
      expect(runAt).toBeLessThan(Date.now() + 61_000);
      expect(Date.parse(asked.job.runAt)).toBe(runAt);
      // Never later than it was.
      await enqueue('planned', {}, later);
      expect(Date.parse((await shop.queues.job(id))?.runAt ?? '')).toBe(runAt);

      const runs: string[] = [];
      work(async (_payload, { job }) => {
        runs.push(job.key);
        if (job.key === 'put off') throw new PostponedError('Not now.', 600_000);
        if (job.key === 'failed') {
          throw new TransientError('Not now.', { code: 'test.later', retryAfterMs: 600_000 });
        }
      });
      const others = [await enqueue('put off'), await enqueue('failed')];
      await vi.waitFor(() => expect(runs).toEqual(['put off', 'failed']), { timeout: 10_000 });
      for (const other of others) {
        await vi.waitFor(async () => {
          const job = await shop.queues.job(other);
          expect(job?.state).toBe('waiting');
          expect(Date.parse(job?.runAt ?? '')).toBeGreaterThan(Date.now() + 500_000);
        });
      }
      for (const key of ['planned', 'put off', 'failed']) await enqueue(key);
      await becomes(id, 'done');
      expect(runs).toEqual(['put off', 'failed', 'planned']);
    });

    test('creates one job when many ask for it at the same time', async () => {
      const asked = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          [shop.queues, shop.other][n % 2]!.enqueue('score', 'contested', {}),
        ),
      );
      expect(asked.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(asked.map(({ job }) => job.id)).size).toBe(1);
    });

    test('starts jobs in order of their time, then of their creation', async () => {
      await enqueue('late', {}, { delayMs: 150 });
      await enqueue('first');
      await enqueue('second');
      await enqueue('latest', {}, { delayMs: 300 });
      const order: string[] = [];
      work(async (_payload, { job }) => {
        order.push(job.key);
      });
      await vi.waitFor(() => expect(order).toHaveLength(4), { timeout: 5_000 });
      expect(order).toEqual(['first', 'second', 'late', 'latest']);
    });

    test('does not start a job before its time', async () => {
      const before = Date.now();
      let startedAt = 0;
      work(async () => {
        startedAt = Date.now();
      });
      await becomes(await enqueue('later', {}, { delayMs: 300 }), 'done');
      expect(startedAt - before).toBeGreaterThanOrEqual(295);
    });

    test('tries again after a failure, later each time, and then gives up with the reason', async () => {
      const times: number[] = [];
      work(async () => {
        times.push(Date.now());
        throw new Error(`attempt ${times.length} failed`);
      });
      const id = await enqueue('flaky', {}, { maxAttempts: 4 });
      await becomes(id, 'dead');
      expect(await shop.queues.job(id)).toMatchObject({ attempts: 4, reason: 'attempt 4 failed' });
      expect(times).toHaveLength(4);
      const gaps = times.slice(1).map((time, index) => time - times[index]!);
      // Half of 40, 80 and 160 ms at least; a busy machine may make them longer.
      for (const [index, leastMs] of [19, 39, 79].entries()) {
        expect(gaps[index]).toBeGreaterThanOrEqual(leastMs);
      }
    });

    test('succeeds in the end when a failure was transient', async () => {
      let attempts = 0;
      work(async () => {
        attempts += 1;
        if (attempts < 3) throw new TransientError('Not now.', { code: 'test.later' });
      });
      const id = await enqueue('patient');
      await becomes(id, 'done');
      expect((await shop.queues.job(id))?.attempts).toBe(3);
    });

    test('gives up at once on a permanent failure', async () => {
      work(async () => {
        throw new PermanentError('It can never work.', { code: 'test.never' });
      });
      const id = await enqueue('hopeless');
      await becomes(id, 'dead');
      expect(await shop.queues.job(id)).toMatchObject({
        attempts: 1,
        reason: 'It can never work.',
      });
    });

    test('goes on with other jobs after one failed', async () => {
      work(async ({ fail }) => {
        if (fail) throw new PermanentError('No.', { code: 'test.never' });
      });
      await enqueue('bad', { fail: true });
      await becomes(await enqueue('good'), 'done');
    });

    test('puts a dead job back in line when asked to, with all its attempts', async () => {
      let broken = true;
      work(async () => {
        if (broken) throw new PermanentError('Broken.', { code: 'test.never' });
      });
      const id = await enqueue('mended');
      await becomes(id, 'dead');
      broken = false;
      expect(await shop.queues.retry(id)).toBe(true);
      await becomes(id, 'done');
      expect(await shop.queues.retry(id)).toBe(false);
      expect(await shop.queues.retry('unknown')).toBe(false);
    });

    test('does not put a job back in line beside another one of its key', async () => {
      const id = await enqueue('twice');
      await shop.queues.cancel(id);
      await enqueue('twice');
      expect(await shop.queues.retry(id)).toBe(false);
      expect((await shop.queues.counts('score')).waiting).toBe(1);
    });

    test('cancels a waiting job before it starts', async () => {
      const id = await enqueue('unwanted');
      expect(await shop.other.cancel(id)).toBe(true);
      expect(await shop.queues.cancel(id)).toBe(false);
      let ran = false;
      work(async () => {
        ran = true;
      });
      await becomes(await enqueue('wanted'), 'done');
      expect(await stateOf(id)).toBe('cancelled');
      await wait(50);
      expect(ran).toBe(true);
      expect((await shop.queues.counts('score')).done).toBe(1);
    });

    test.each(['this', 'another'] as const)(
      'reaches a running handler with a cancel from %s connection',
      async (from) => {
        const reached: string[] = [];
        work(async (_payload, context) => {
          reached.push('started');
          await untilAborted(context);
          reached.push('stopped');
        });
        const id = await enqueue('long');
        await vi.waitFor(() => expect(reached).toEqual(['started']), { timeout: 5_000 });
        expect(await (from === 'this' ? shop.queues : shop.other).cancel(id)).toBe(true);
        await becomes(id, 'cancelled');
        expect(reached).toEqual(['started', 'stopped']);
      },
    );

    test('starts nothing while paused, and goes on when resumed', async () => {
      await shop.other.pause('score');
      let runs = 0;
      work(async () => {
        runs += 1;
      });
      const id = await enqueue('held');
      await wait(400);
      expect([runs, await stateOf(id)]).toEqual([0, 'waiting']);
      await shop.other.resume('score');
      await becomes(id, 'done');
    });

    test('runs no more at once than it may', async () => {
      let now = 0;
      let most = 0;
      work(async () => {
        now += 1;
        most = Math.max(most, now);
        await wait(30);
        now -= 1;
      }, 3);
      const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => enqueue(`job${n}`)));
      for (const id of ids) await becomes(id, 'done');
      expect(most).toBe(3);
    });

    test('runs each job once when two connections work the queue', async () => {
      const runs = new Map<string, number>();
      const handler: JobHandler = async (_payload, { job }) => {
        runs.set(job.key, (runs.get(job.key) ?? 0) + 1);
        await wait(1);
      };
      for (let n = 0; n < 60; n += 1) await enqueue(`job${n}`);
      work(handler, 4);
      work(handler, 4, shop.other);
      await vi.waitFor(async () => expect((await shop.queues.counts('score')).done).toBe(60), {
        timeout: 15_000,
      });
      expect([...runs.values()]).toEqual(Array(60).fill(1));
    });

    test('keeps a job that takes longer than its lease', async () => {
      let runs = 0;
      const handler: JobHandler = async () => {
        runs += 1;
        await wait(1_500);
      };
      work(handler);
      work(handler, 1, shop.other);
      await becomes(await enqueue('slow'), 'done');
      expect(runs).toBe(1);
    });

    test('shows progress between 0 and 1', async () => {
      const id = await enqueue('measured');
      expect((await shop.queues.job(id))?.progress).toBeNull();
      work(async (_payload, context) => {
        await context.progress(0.5);
        await untilAborted(context);
      });
      await vi.waitFor(async () => expect((await shop.other.job(id))?.progress).toBe(0.5), {
        timeout: 5_000,
      });
      await shop.queues.cancel(id);
      await becomes(id, 'cancelled');
    });

    test('tells a running handler of a shutdown, waits for it, and loses nothing', async () => {
      const events: string[] = [];
      work(async (_payload, context) => {
        events.push('started');
        await untilAborted(context);
        await wait(50);
        events.push('ended');
      });
      const id = await enqueue('interrupted');
      await enqueue('untouched');
      await vi.waitFor(() => expect(events).toEqual(['started']));
      await shop.finishWork();
      expect(events).toEqual(['started', 'ended']);
      expect(await shop.queues.counts('score')).toMatchObject({ waiting: 2, running: 0 });
      expect((await shop.queues.job(id))?.attempts).toBe(0);
    });

    test('lists jobs by queue and state, and counts them', async () => {
      await enqueue('a');
      const dead = await enqueue('b');
      await shop.queues.enqueue('train', 'c', {});
      await shop.queues.cancel(dead);
      const listed = await shop.queues.jobs({ queue: 'score', state: 'cancelled' });
      expect(listed.map(({ id }) => id)).toEqual([dead]);
      expect(await shop.queues.jobs()).toHaveLength(3);
      expect(await shop.queues.counts('score')).toEqual({
        waiting: 1,
        running: 0,
        done: 0,
        dead: 0,
        cancelled: 1,
      });
    });

    test('runs a job again after its worker was killed', async () => {
      const id = await enqueue('orphan', { hang: true });
      const worker = await shop.startWorker();
      await vi.waitFor(() => expect(worker.started).toEqual(['orphan']), { timeout: 20_000 });
      expect(await stateOf(id)).toBe('running');
      await worker.kill();

      const runs: number[] = [];
      work(async (_payload, { job }) => {
        runs.push(job.attempts);
      });
      await becomes(id, 'done');
      expect(runs).toEqual([2]);
    });

    test('shares the work of one queue between processes, each job once', async () => {
      for (let n = 0; n < 200; n += 1) await enqueue(`job${n}`);
      const workers = await Promise.all([shop.startWorker(), shop.startWorker()]);
      await vi.waitFor(async () => expect((await shop.queues.counts('score')).done).toBe(200), {
        timeout: 60_000,
      });
      for (const worker of workers) await worker.kill();
      const started = workers.flatMap((worker) => worker.started);
      expect(started).toHaveLength(200);
      expect(new Set(started).size).toBe(200);
    }, 90_000);

    describe('groups', () => describeGroups(shop));
    describe('flows', () => describeFlows(shop));
    describe('schedules', () => describeSchedules(shop));
    describe('what is seen of jobs', () => describeSeen(shop));
    describe('processes', () => describeProcesses(shop));
    describe('traces', () => describeTraces(shop));
  });
}
