import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedisQueues } from '../../../pipelines/queues/redis/adapter.ts';
import { bullBoardQueues } from '../../../pipelines/queues/redis/board.ts';
import { checkRedis } from '../../../pipelines/queues/redis/check.ts';
import { hasRedis, type RedisServer, startRedis } from '../../servers/redis/server.ts';

describe.skipIf(!hasRedis)('looking at a Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  test('finds nothing wrong with one that is set up to keep jobs', async () => {
    const findings = await checkRedis(server.url);
    expect(findings.map(({ about, level }) => [about, level])).toEqual([
      ['version', 'fine'],
      ['eviction', 'fine'],
      ['persistence', 'fine'],
      ['memory', 'fine'],
    ]);
    expect(findings.every(({ hint }) => hint === null)).toBe(true);
  });

  test('finds what would lose jobs, and says what to do', async () => {
    const client = new Redis(server.url);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await client.config('SET', 'appendonly', 'no');
    await client.config('SET', 'maxmemory', '2000000');
    const findings = await checkRedis(server.url);
    await client.config('SET', 'maxmemory', '0');
    await client.config('SET', 'appendonly', 'yes');
    await client.config('SET', 'maxmemory-policy', 'noeviction');
    client.disconnect();
    const found = new Map(findings.map((finding) => [finding.about, finding]));
    expect(found.get('eviction')).toMatchObject({ level: 'wrong' });
    expect(found.get('eviction')?.hint).toContain('noeviction');
    expect(found.get('persistence')).toMatchObject({ level: 'careful' });
    expect(found.get('memory')?.message).toContain('of 2 MiB');
  });

  test('says that one is not there', async () => {
    await expect(checkRedis('redis://127.0.0.1:1')).rejects.toMatchObject({
      code: 'queues.unreachable',
    });
  });

  test('shows bull-board the queues and their jobs', async () => {
    const prefix = 'shown';
    const queues = await openRedisQueues({ url: server.url, prefix });
    await queues.enqueue('collect', 'https://example.org/', { link: 'https://example.org/' });
    await queues.enqueue('collect', 'later', {}, { delayMs: 60_000 });
    const board = await bullBoardQueues({ url: server.url, prefix });
    expect(board.queues.map(({ name }) => name)).toEqual([
      ...['collect', 'features', 'datasets', 'train', 'score', 'export'],
    ]);
    const [collect] = board.queues;
    expect(await collect?.getJobCounts('wait', 'delayed')).toEqual({
      wait: 1,
      delayed: 1,
    });
    const [job] = (await collect?.getWaiting()) ?? [];
    expect([job?.name, job?.data]).toEqual([
      'https://example.org/',
      { link: 'https://example.org/' },
    ]);
    await board.close();
    await queues.close();
  });
});
