import type { Database } from '../stores/sqlite/database.ts';
import type { QueuesEnvironment } from './environment.ts';
import type { HostLimits } from './limits/port.ts';
import { openSqliteLimits } from './limits/sqlite.ts';
import type { Queues } from './port.ts';
import { openSqliteQueues } from './sqlite.ts';
import type { QueueTiming } from './timing.ts';

/**
 * The queues on Redis where it is named, else in the SQLite file. BullMQ is loaded only where it is used.
 *
 * @throws TransientError or PermanentError for a Redis that is named and cannot be used
 */
export async function openQueues({
  redis,
  database,
  timing = {},
}: QueuesEnvironment & {
  readonly database: Database;
  readonly timing?: Partial<QueueTiming>;
}): Promise<Queues> {
  if (redis === null) return openSqliteQueues(database, timing);
  const { openRedisQueues } = await import('./redis/adapter.ts');
  return await openRedisQueues({ ...redis, timing });
}

/** Turns at hosts, shared by whoever shares the queues. */
export async function openHostLimits({
  redis,
  database,
}: QueuesEnvironment & { readonly database: Database }): Promise<HostLimits> {
  if (redis === null) return openSqliteLimits(database);
  const { openRedisLimits } = await import('./limits/redis.ts');
  return await openRedisLimits(redis);
}
