import { Registry } from 'prom-client';
import type { OperatorConfig } from '../../../monitoring/environment.ts';
import type { Behind } from '../../../monitoring/operator/behind.ts';
import type { Board } from '../../../monitoring/operator/board.ts';
import type { OperatorPorts } from '../../../monitoring/operator/ports.ts';
import { startOperator } from '../../../monitoring/operator/server.ts';
import type { JobState, QueueName, Queues } from '../../../pipelines/queues/port.ts';
import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import { PermanentError } from '../../../pipelines/stores/errors.ts';
import { openEmbedded } from '../../../pipelines/stores/open.ts';
import { testTiming } from '../../pipelines/queues/timing.ts';
import { temporaryHome } from '../../pipelines/stores/temporary.ts';

/** The operator's page over embedded stores, in this process. */
export async function openStage(
  config: Partial<OperatorConfig> = {},
  ports: Partial<OperatorPorts> = {},
  board: Board | null = null,
) {
  const home = temporaryHome();
  const stores = openEmbedded(home.home);
  const queues = openSqliteQueues(stores.database, testTiming);
  const failures: unknown[] = [];
  const behind: Behind = { documents: 3, countedAt: new Date().toISOString(), problem: null };
  const operator = await startOperator(
    {
      queues: () => queues,
      warehouse: () => stores.warehouse,
      features: () => stores.features,
      behind: () => behind,
      ...ports,
    },
    {
      ...{ host: '127.0.0.1', port: 0, token: null },
      ...config,
      board,
      registry: new Registry(),
      failed: (error) => failures.push(error),
    },
  );
  return {
    url: operator.url,
    queues,
    failures,
    get: (path: string, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${operator.url}${path}`, { headers, redirect: 'manual' }),
    post: (path: string, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${operator.url}${path}`, { method: 'POST', headers, redirect: 'manual' }),
    async close() {
      await operator.close();
      await queues.close();
      await stores.close();
      home.close();
    },
  };
}

/** Lets a job of this key end as dead for this reason. */
export async function bury(
  queues: Queues,
  queue: QueueName,
  key: string,
  reason: string,
): Promise<string> {
  const stop = new AbortController();
  const { job } = await queues.enqueue(queue, key, { link: key });
  const work = queues.work(
    queue,
    async () => {
      setImmediate(() => stop.abort());
      throw new PermanentError(reason, { code: 'test' });
    },
    { signal: stop.signal },
  );
  await work;
  return job.id;
}

export const stateOf = async (queues: Queues, id: string): Promise<JobState | undefined> =>
  (await queues.job(id))?.state;
