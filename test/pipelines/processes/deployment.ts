import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openQueues } from '../../../pipelines/queues/open.ts';
import type { Queues } from '../../../pipelines/queues/port.ts';
import { openStores, type Stores } from '../../../pipelines/stores/open.ts';
import { mongoForTests } from '../../servers/ferretdb/server.ts';
import { qdrantForTests } from '../../servers/qdrant/server.ts';
import { type RedisServer, startRedis } from '../../servers/redis/server.ts';

/** One process of a deployment. */
export type Deployed = {
  /** What it said so far. */
  readonly log: () => string;
  /** Where it says how it is; waits until it works. */
  health(): Promise<string>;
  /** The value of a series, as `name{labels}`; 0 where there is none yet. */
  metric(series: string): Promise<number>;
  kill(): Promise<void>;
  /** SIGTERM; the exit status. */
  stop(): Promise<number | null>;
  readonly ended: Promise<number | null>;
};

/** A deployment on servers, seen from outside: its stores and queues, and processes that have nothing else in common. */
export type Deployment = {
  readonly stores: Stores;
  readonly queues: Queues;
  readonly redis: RedisServer;
  start(...names: readonly string[]): Deployed;
  close(): Promise<void>;
};

/** Redis is always our own, because it is wiped and killed; the others are those that are named, if any are. */
export async function deploy(): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-deployment-'));
  const [redis, mongo, qdrant] = await Promise.all([
    startRedis(),
    mongoForTests(),
    qdrantForTests(),
  ]);
  const name = `test-${randomUUID()}`;
  const database = mongo.url.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*/u, `$1/${name}`);
  const stores = await openStores({
    home: join(folder, 'outside'),
    mongo: database,
    qdrant: {
      url: qdrant.url,
      prefix: name,
      ...(qdrant.apiKey !== undefined && { apiKey: qdrant.apiKey }),
    },
  });
  const queues = await openQueues({
    redis: { url: redis.url, prefix: name },
    database: stores.database,
  });
  const running: ChildProcess[] = [];
  return {
    stores,
    queues,
    redis,
    start: (...names) => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'pipelines-process.ts'), ...names],
        {
          env: {
            PATH: process.env['PATH'],
            UNDERSTUDY_HOME: join(folder, randomUUID()),
            UNDERSTUDY_HEALTH_PORT: '0',
            LOG_LEVEL: 'info',
            MONGODB_URL: database,
            QDRANT_URL: qdrant.url,
            QDRANT_API_KEY: qdrant.apiKey,
            QDRANT_PREFIX: name,
            REDIS_URL: redis.url,
            REDIS_PREFIX: name,
          },
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      );
      running.push(child);
      return watched(child);
    },
    async close() {
      for (const child of running) child.kill('SIGKILL');
      await queues.close();
      for (const { id } of await stores.features.sets()) {
        const isCurrent = (await stores.features.current())?.id === id;
        if (!isCurrent) await stores.features.dropSet(id);
      }
      await stores.mongo?.db.dropDatabase();
      await stores.close();
      await Promise.all([redis.stop(), mongo.stop(), qdrant.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function watched(child: ChildProcess): Deployed {
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const health = async () => {
    for (;;) {
      const url = /"url":"(http[^"]+)"/u.exec(log)?.[1];
      if (url !== undefined && log.includes('"working"')) return url;
      if (child.exitCode !== null) throw new Error(`It ended:\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return {
    log: () => log,
    health,
    ended,
    async metric(series) {
      const text = await (await fetch(`${await health()}/metrics`)).text();
      const line = text.split('\n').find((one) => one.startsWith(`${series} `));
      return Number(line?.slice(series.length + 1) ?? 0);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      return await ended;
    },
  };
}
