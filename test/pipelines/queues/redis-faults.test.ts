import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Queues } from '../../../pipelines/queues/port.ts';
import { openRedisQueues } from '../../../pipelines/queues/redis/adapter.ts';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';
import { patience, untilAborted } from '../../conformance/queues/workshop.ts';
import { hasRedis, type RedisServer, startRedis } from '../../servers/redis/server.ts';
import { testTiming } from './timing.ts';

/** What no conformance suite can do to a storage. */
describe.skipIf(!hasRedis)('queues on a Redis that fails', () => {
  let server: RedisServer;
  let queues: Queues;
  let admin: Redis;
  let stop: AbortController;
  let working: Promise<void>[];
  beforeEach(async () => {
    server = await startRedis();
    queues = await openRedisQueues({ url: server.url, timing: testTiming });
    admin = new Redis(server.url);
    admin.on('error', () => undefined);
    stop = new AbortController();
    working = [];
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all(working);
    await queues.close();
    admin.disconnect();
    await server.stop();
  });

  const done: string[] = [];
  const work = () => {
    done.length = 0;
    const handler = async (_payload: unknown, { job }: { job: { key: string } }) =>
      void done.push(job.key);
    working.push(queues.work('score', handler, { signal: stop.signal }));
  };
  const runs = (key: string) =>
    vi.waitFor(async () => {
      await queues.enqueue('score', key, {}).catch(() => undefined);
      expect(done).toContain(key);
    }, patience);
  const unreachable = { name: 'TransientError', code: 'queues.unreachable' };

  test('says at once that it is not there', async () => {
    await server.kill();
    await expect(openRedisQueues({ url: server.url })).rejects.toMatchObject(unreachable);
    await expect(queues.enqueue('score', 'a', {})).rejects.toBeInstanceOf(TransientError);
    await expect(queues.counts('score')).rejects.toMatchObject(unreachable);
    await server.start();
    await vi.waitFor(() => queues.enqueue('score', 'a', {}), patience);
  });

  test('does not let a producer hang on a frozen one', async () => {
    server.freeze();
    await expect(queues.enqueue('score', 'a', {})).rejects.toMatchObject(unreachable);
    await expect(openRedisQueues({ url: server.url })).rejects.toMatchObject(unreachable);
    server.thaw();
    await vi.waitFor(() => queues.enqueue('score', 'b', {}), patience);
  });

  test('goes on working when it comes back after a kill, with what it had in line', async () => {
    work();
    await runs('before');
    await queues.enqueue('score', 'kept', {}, { delayMs: 400 });
    // Its append-only log is written to disk once a second.
    await vi.waitFor(async () => {
      expect(await admin.info('persistence')).toContain('aof_pending_bio_fsync:0');
    }, patience);
    await server.kill();
    await wait(300);
    await server.start();
    await vi.waitFor(() => expect(done).toContain('kept'), patience);
    await runs('after');
  });

  test('goes on working after it was frozen for longer than a lease', async () => {
    work();
    await runs('before');
    server.freeze();
    await wait(testTiming.leaseMs * 2);
    server.thaw();
    await runs('after');
  });

  test('goes on working after it was wiped, and interrupts whose jobs are gone', async () => {
    let reason: unknown;
    await queues.schedule({ queue: 'train', key: 'nightly', payload: { n: 1 }, everyMs: 60_000 });
    const { job } = await queues.enqueue('export', 'long', {});
    const handler = async (_payload: unknown, context: { signal: AbortSignal }) => {
      await untilAborted(context);
      reason = context.signal.reason;
    };
    working.push(queues.work('export', handler, { signal: stop.signal }));
    work();
    await vi.waitFor(
      async () => expect((await queues.job(job.id))?.state).toBe('running'),
      patience,
    );
    await admin.flushall();
    await runs('after');
    await vi.waitFor(() => expect(reason).toBeInstanceOf(Error), patience);
    expect(String(reason)).toContain('taken the job over');
    expect(await queues.job(job.id)).toBeUndefined();
    expect((await queues.enqueue('export', 'long', {})).created).toBe(true);
    await vi.waitFor(async () => {
      const again = (await queues.schedules()).map(({ key, payload }) => [key, payload]);
      expect(again).toEqual([['nightly', { n: 1 }]]);
    }, patience);
  });

  test('loads its scripts again after they were flushed', async () => {
    work();
    await runs('before');
    await admin.script('FLUSH');
    await runs('after');
    await vi.waitFor(
      async () => expect((await queues.counts('score')).done).toBeGreaterThanOrEqual(2),
      patience,
    );
  });

  test.each(['away', 'frozen'] as const)(
    'closes in bounded time while it is %s, though a job runs',
    async (how) => {
      const started: string[] = [];
      const handler = async (_payload: unknown, context: { signal: AbortSignal }) => {
        started.push('job');
        await untilAborted(context);
      };
      const ended = queues.work('score', handler, { signal: stop.signal });
      await queues.enqueue('score', 'long', {});
      await vi.waitFor(() => expect(started).toHaveLength(1), patience);
      if (how === 'away') await server.kill();
      else server.freeze();
      await queues.close();
      await ended;
      if (how === 'away') await server.start();
      else server.thaw();
      queues = await openRedisQueues({ url: server.url, timing: testTiming });
      work();
      await vi.waitFor(() => expect(done).toContain('long'), patience);
    },
  );

  test('waits for it where work begins before it is back', async () => {
    await server.kill();
    work();
    await wait(200);
    await server.start();
    await runs('after');
  });

  test('says that it was refused', async () => {
    await admin.config('SET', 'requirepass', 'secret');
    const refused = openRedisQueues({ url: server.url });
    await expect(refused).rejects.toBeInstanceOf(PermanentError);
    await expect(refused).rejects.toMatchObject({ code: 'queues.refused' });
    const named = server.url.replace('redis://', 'redis://:secret@');
    const allowed = await openRedisQueues({ url: named });
    await allowed.enqueue('score', 'a', {});
    await allowed.close();
  });

  test('says that somebody else has written to it', async () => {
    const { job } = await queues.enqueue('score', 'a', {});
    await admin.hset(`understudy:score:${job.id}`, 'data', '[not ours');
    const unreadable = queues.job(job.id);
    await expect(unreadable).rejects.toBeInstanceOf(PermanentError);
    await expect(unreadable).rejects.toMatchObject({ code: 'queues.corrupt' });
  });

  test('says that it is full', async () => {
    await admin.config('SET', 'maxmemory', '1');
    await expect(queues.enqueue('score', 'a', {})).rejects.toMatchObject({ code: 'queues.full' });
    await admin.config('SET', 'maxmemory', '0');
  });

  test('keeps few of the jobs that are done', async () => {
    const count = 1_300;
    work();
    for (let n = 0; n < count; n += 100) {
      const some = Array.from({ length: 100 }, (_, k) =>
        queues.enqueue('score', `job${n + k}`, {}),
      );
      await Promise.all(some);
    }
    await vi.waitFor(() => expect(done).toHaveLength(count), patience);
    await vi.waitFor(
      async () => expect(await queues.counts('score')).toMatchObject({ waiting: 0, running: 0 }),
      patience,
    );
    expect((await queues.counts('score')).done).toBe(1_000);
    const keys = await admin.keys('understudy:score:*');
    expect(keys.length).toBeLessThan(1_050);
  });
});
