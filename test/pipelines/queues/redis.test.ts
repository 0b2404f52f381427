import { afterAll, beforeAll, describe } from 'vitest';
import { openRedisQueues } from '../../../pipelines/queues/redis/adapter.ts';
import type { WorkerProcess } from '../../conformance/queues/workshop.ts';
import { describeQueues } from '../../conformance/queues.ts';
import { hasRedis } from '../../servers/redis/server.ts';
import { type RedisPlace, redisForTests } from './redis-place.ts';
import { testTiming } from './timing.ts';
import { startWorker } from './worker.ts';

describe.skipIf(!hasRedis)('Redis', () => {
  let place: RedisPlace;
  beforeAll(async () => {
    place = await redisForTests();
  });
  afterAll(() => place.stop());

  describeQueues('Redis', async () => {
    const { url } = place;
    const { prefix, clean } = place.space();
    const queues = await openRedisQueues({ url, prefix, timing: testTiming });
    const other = await openRedisQueues({ url, prefix, timing: testTiming });
    const workers: WorkerProcess[] = [];
    return {
      queues,
      other,
      async startWorker() {
        const worker = await startWorker('redis', url, prefix);
        workers.push(worker);
        return worker;
      },
      async close() {
        for (const worker of workers) await worker.kill();
        await queues.close();
        await other.close();
        await clean();
      },
    };
  });
});
