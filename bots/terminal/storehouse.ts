import { openTraceLog } from '../../monitoring/trace-log/sqlite.ts';
import type { TraceLog } from '../../monitoring/tracer.ts';
import type { Environment } from '../../pipelines/environment.ts';
import { openQueues } from '../../pipelines/queues/open.ts';
import type { Queues } from '../../pipelines/queues/port.ts';
import { openStores, type Stores } from '../../pipelines/stores/open.ts';

/** Everything that is kept: enough for every command that neither answers nor indexes. */
export type Storehouse = Stores & {
  readonly home: string;
  readonly queues: Queues;
  readonly traces: TraceLog;
};

/** Whose voice; one until a deployment serves several. */
export const twin = 'default';

/** @throws TransientError or PermanentError for a server that is named and cannot be used */
export async function openStorehouse(
  environment: Pick<Environment, 'home' | 'mongo' | 'qdrant' | 'redis'>,
): Promise<Storehouse> {
  const { home, redis } = environment;
  const stores = await openStores(environment);
  try {
    const queues = await openQueues({ redis, database: stores.database });
    const traces = openTraceLog(stores.database);
    const close = async () => {
      await queues.close();
      await stores.close();
    };
    return { ...stores, home, queues, traces, close };
  } catch (error) {
    await stores.close();
    throw error;
  }
}
