import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openQueues } from '../../../pipelines/queues/open.ts';
import type { Queues } from '../../../pipelines/queues/port.ts';
import { openStores, type Stores } from '../../../pipelines/stores/open.ts';
import { type MongoServer, startFerret } from '../../servers/ferretdb/server.ts';
import { startProxy, type Way } from '../../servers/proxy.ts';
import { startQdrant } from '../../servers/qdrant/server.ts';
import { type RedisServer, startRedis } from '../../servers/redis/server.ts';
import { type Corpus, createCorpus } from '../corpus.ts';
import { type Member, openMember, until } from './member.ts';

const prefix = 'understudy';

/** A whole deployment on this machine: three servers, three processes, and a folder that somebody writes in. */
export type Venue = {
  readonly place: string;
  readonly corpus: Corpus;
  readonly mongo: MongoServer;
  /** The processes' way to MongoDB; the examiner has his own. */
  readonly way: Way;
  readonly redis: RedisServer;
  readonly qdrant: Awaited<ReturnType<typeof startQdrant>>;
  readonly members: readonly Member[];
  /** Opened apart from the processes, past every proxy. */
  readonly stores: Stores;
  readonly queues: Queues;
  close(): Promise<void>;
};

export async function openVenue(files: number, random: () => number): Promise<Venue> {
  const place = mkdtempSync(join(tmpdir(), 'understudy-chaos-servers-'));
  const [mongo, redis, qdrant] = await Promise.all([startFerret(), startRedis(), startQdrant()]);
  const way = await startProxy(Number(new URL(mongo.url).port));
  const corpus = createCorpus(join(place, 'writing'), files, random);
  const servers = { QDRANT_URL: qdrant.url, REDIS_URL: redis.url };
  const member = (name: string, ...parameters: readonly string[]) =>
    openMember({
      name,
      parameters,
      variables: {
        ...servers,
        MONGODB_URL: `mongodb://127.0.0.1:${way.port}/understudy`,
        UNDERSTUDY_HOME: join(place, name),
        LOG_LEVEL: 'warn',
      },
    });
  const members = await Promise.all([
    member('collection', 'pipelines/main.ts', 'collection'),
    member('features-1', 'pipelines/main.ts', 'features'),
    member('features-2', 'pipelines/main.ts', 'features'),
  ]);
  for (const each of members) await each.start();
  const stores = await openStores({
    home: join(place, 'examiner'),
    mongo: `${mongo.url}understudy`,
    qdrant: { url: qdrant.url, prefix },
  });
  const queues = await openQueues({ redis: { url: redis.url, prefix }, database: stores.database });
  for (const each of members) await until(`${each.name} is ready`, () => each.ready());

  return {
    place,
    corpus,
    mongo,
    way,
    redis,
    qdrant,
    members,
    stores,
    queues,
    async close() {
      await Promise.all(members.map((each) => each.stop()));
      await queues.close();
      await stores.close();
      await way.stop();
      await Promise.all([mongo.stop(), redis.stop(), qdrant.close()]);
      rmSync(place, { recursive: true, force: true });
    },
  };
}
