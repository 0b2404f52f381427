import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openRedisLimits } from '../../../../pipelines/queues/limits/redis.ts';
import { openSqliteLimits } from '../../../../pipelines/queues/limits/sqlite.ts';
import { describeHostLimits } from '../../../conformance/host-limits.ts';
import { hasRedis } from '../../../servers/redis/server.ts';
import { temporaryHome } from '../../stores/temporary.ts';
import { type RedisPlace, redisForTests } from '../redis-place.ts';

describeHostLimits('SQLite', async () => {
  const place = temporaryHome();
  return {
    limits: openSqliteLimits(place.open()),
    other: openSqliteLimits(place.open()),
    async close() {
      place.close();
    },
  };
});

describe('host limits on SQLite', () => {
  afterEach(() => void vi.useRealTimers());

  test('does not lock a host when the clock is set back', async () => {
    const place = temporaryHome();
    const limits = openSqliteLimits(place.open());
    vi.useFakeTimers({ now: Date.parse('2030-01-01'), toFake: ['Date'] });
    expect(await limits.ask('a.example', 1_000)).toBe(0);
    vi.setSystemTime(Date.parse('2029-01-01'));
    expect(await limits.ask('a.example', 1_000)).toBe(0);
    expect(await limits.ask('a.example', 1_000)).toBe(1_000);
    place.close();
  });
});

describe.skipIf(!hasRedis)('Redis', () => {
  let place: RedisPlace;
  beforeAll(async () => {
    place = await redisForTests();
  });
  afterAll(() => place.stop());

  describeHostLimits('Redis', async () => {
    const { url } = place;
    const { prefix, clean } = place.space();
    const limits = await openRedisLimits({ url, prefix });
    const other = await openRedisLimits({ url, prefix });
    return {
      limits,
      other,
      async close() {
        await limits.close();
        await other.close();
        await clean();
      },
    };
  });
});
