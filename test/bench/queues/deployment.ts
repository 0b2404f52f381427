import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStores, type Stores } from '../../../pipelines/stores/open.ts';
import { type Member, openMember, until } from '../../chaos/servers/member.ts';
import { startFerret } from '../../servers/ferretdb/server.ts';
import { startQdrant } from '../../servers/qdrant/server.ts';
import { startRedis } from '../../servers/redis/server.ts';

/** Processes that index, and the stores they meet in. */
export type BenchDeployment = {
  readonly stores: Stores;
  readonly members: readonly Member[];
  close(): Promise<void>;
};

/** One process on one SQLite file: the embedded default. */
export async function embeddedDeployment(): Promise<BenchDeployment> {
  return await deploy({}, { mongo: null, qdrant: null }, 1, async () => {});
}

/** Two processes that index, on Redis, a MongoDB-wire server and a Qdrant of the tests. */
export async function serverDeployment(): Promise<BenchDeployment> {
  const [redis, mongo, qdrant] = await Promise.all([
    startRedis(),
    startFerret(),
    startQdrant({ remembers: 10 }),
  ]);
  const url = `${mongo.url}understudy`;
  const variables = { MONGODB_URL: url, QDRANT_URL: qdrant.url, REDIS_URL: redis.url };
  const settings = { mongo: url, qdrant: { url: qdrant.url, prefix: 'understudy' } };
  return await deploy(variables, settings, 2, async () => {
    await Promise.all([redis.stop(), mongo.stop(), qdrant.close()]);
  });
}

async function deploy(
  variables: Readonly<Record<string, string>>,
  settings: Omit<Parameters<typeof openStores>[0], 'home'>,
  indexers: number,
  stop: () => Promise<void>,
): Promise<BenchDeployment> {
  const place = mkdtempSync(join(tmpdir(), 'understudy-bench-queues-'));
  const members = await Promise.all(
    Array.from({ length: indexers }, (_, index) =>
      openMember({
        name: `features-${index + 1}`,
        parameters: ['--max-semi-space-size=16', 'pipelines/main.ts', 'features'],
        // On servers only the traces are local, so each has a home of its own.
        variables: {
          ...variables,
          UNDERSTUDY_HOME: join(place, indexers === 1 ? 'home' : `home-${index}`),
        },
      }),
    ),
  );
  const stores = await openStores({ ...settings, home: join(place, 'home') });
  for (const member of members) await member.start();
  for (const member of members) await until(`${member.name} is ready`, () => member.ready());
  return {
    stores,
    members,
    async close() {
      for (const member of members) await member.stop();
      await stores.close();
      await stop();
      rmSync(place, { recursive: true, force: true });
    },
  };
}
