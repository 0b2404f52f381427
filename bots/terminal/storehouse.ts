import { openTraceLog } from '../../monitoring/trace-log/sqlite.ts';
import type { TraceLog } from '../../monitoring/tracer.ts';
import type { Environment } from '../../pipelines/environment.ts';
import type { Queues } from '../../pipelines/queues/port.ts';
import { openSqliteQueues } from '../../pipelines/queues/sqlite.ts';
import { type EmbeddedStores, openEmbedded } from '../../pipelines/stores/open.ts';

/** Everything that is kept: enough for every command that neither answers nor indexes. */
export type Storehouse = EmbeddedStores & {
  readonly home: string;
  readonly queues: Queues;
  readonly traces: TraceLog;
};

/** Whose voice; one until a deployment serves several. */
export const twin = 'default';

export async function openStorehouse({ home }: Pick<Environment, 'home'>): Promise<Storehouse> {
  const stores = openEmbedded(home);
  try {
    const queues = openSqliteQueues(stores.database);
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
