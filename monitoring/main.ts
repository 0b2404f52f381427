import { loadEnvironmentFile, readEnvironment } from '../pipelines/environment.ts';
import { countBehind } from '../pipelines/feature/behind.ts';
import { inTime } from '../pipelines/in-time.ts';
import { exitCodes, sayFailure } from '../pipelines/processes/failure.ts';
import { openMetrics } from '../pipelines/processes/health/metrics.ts';
import { stopSignal } from '../pipelines/processes/stop.ts';
import { openQueues } from '../pipelines/queues/open.ts';
import { openStores } from '../pipelines/stores/open.ts';
import { openDatabase } from '../pipelines/stores/sqlite/database.ts';
import { readOperator } from './environment.ts';
import { openLog } from './log.ts';
import { watchBehind } from './operator/behind.ts';
import { type Reached, reach } from './operator/reached.ts';
import { startOperator } from './operator/server.ts';

/**
 * The operator's process: `node monitoring/main.ts` serves a page that shows what stands in line, what failed and what
 * is away, with health and metrics. It is there for when something is not, so nothing that is away keeps it from
 * starting or ends it; only a configuration that cannot be right does.
 */
/** How long a server that is away is left alone, and documents are not counted again; milliseconds. */
const pauseMs = { reach: 5_000, behind: 30_000 };
/** Longest that anything may take to close, in milliseconds. */
const graceMs = 10_000;

async function main(): Promise<number> {
  loadEnvironmentFile();
  const environment = readEnvironment(process.env);
  const config = readOperator(process.env);
  const log = openLog({ level: environment.logLevel, name: 'monitoring' });
  const signal = stopSignal(log);
  const failed = (error: unknown) => log.warn({ err: error }, 'will try again');
  const trying = { pauseMs: pauseMs.reach, failed };

  const database = openDatabase(environment.home);
  const closing: (() => Promise<unknown>)[] = [async () => database.close()];
  const kept = <T>(reached: Reached<T>): Reached<T> => {
    closing.push(() => reached.close());
    return reached;
  };
  try {
    const { redis } = environment;
    const [stores, queues, board] = await Promise.all([
      reach(() => openStores(environment), trying).then(kept),
      reach(() => openQueues({ redis, database }), trying).then(kept),
      redis &&
        reach(async () => {
          const { bullBoardQueues } = await import('../pipelines/queues/redis/board.ts');
          return await bullBoardQueues(redis);
        }, trying).then(kept),
    ]);
    const behind = watchBehind(
      async () => {
        const { warehouse, features } = stores.get();
        const current = await features.current();
        return current
          ? await countBehind({ warehouse, features }, current.id)
          : (await warehouse.facets()).documents;
      },
      { pauseMs: pauseMs.behind },
    );
    closing.push(() => behind.close());
    const { registry } = openMetrics({
      counts: async (queue) => await queues.get().counts(queue),
      oldestDue: async (queue) => await queues.get().oldestDue(queue),
    });
    const operator = await startOperator(
      {
        queues: () => queues.get(),
        warehouse: () => stores.get().warehouse,
        features: () => stores.get().features,
        behind: () => behind.latest(),
      },
      { ...config, registry, board: board && (() => board.get().queues), failed },
    );
    closing.push(() => operator.close());
    log.info({ url: operator.url, open: config.token === null }, 'serving the operator’s page');
    process.stdout.write(`${operator.url}\n`);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    log.info('stopping');
  } finally {
    for (const close of closing.toReversed()) {
      await inTime(close(), graceMs).catch((err: unknown) => log.warn({ err }, 'not closed'));
    }
  }
  log.info('stopped');
  return exitCodes.done;
}

// Ended on purpose: a connection that somebody forgot must not keep a drained process alive.
const failed = (error: unknown) =>
  sayFailure(error, openLog({ level: 'fatal', name: 'monitoring' }));
process.exit(await main().catch(failed));
