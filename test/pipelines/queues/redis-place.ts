import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../../servers/redis/server.ts';

export type RedisPlace = {
  readonly url: string;
  /** A prefix that nobody else uses, and how to remove what was written under it. */
  space(): { readonly prefix: string; clean(): Promise<void> };
  stop(): Promise<void>;
};

/** The Redis that REDIS_URL names, or one of our own. */
export async function redisForTests(): Promise<RedisPlace> {
  const given = process.env['REDIS_URL'];
  const server: RedisServer | undefined = given ? undefined : await startRedis();
  const url = given ?? server?.url ?? '';
  const client = new Redis(url);
  return {
    url,
    space() {
      const prefix = `test-${randomUUID()}`;
      const clean = async () => {
        for await (const keys of client.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
          if (keys.length > 0) await client.unlink(...keys);
        }
      };
      return { prefix, clean };
    },
    async stop() {
      client.disconnect();
      await server?.stop();
    },
  };
}
