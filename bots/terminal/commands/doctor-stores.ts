import type { Environment } from '../../../pipelines/environment.ts';
import type { RedisFinding } from '../../../pipelines/queues/redis/check.ts';
import type { Finding } from '../../finding.ts';
import { explain } from '../exit.ts';

/**
 * Asks every store's server that is named, each on a connection of its own: also when one of them is away, the others are
 * told of.
 */
export async function checkStores({
  mongo,
  qdrant,
  redis,
}: Pick<Environment, 'mongo' | 'qdrant' | 'redis'>): Promise<readonly Finding[]> {
  const found = await Promise.all([
    mongo === null
      ? []
      : findings('MongoDB', async () => {
          const { checkMongo } = await import('./doctor-mongo.ts');
          return await checkMongo(mongo, Date.now);
        }),
    qdrant === null
      ? []
      : findings('Qdrant', async () => {
          const { checkQdrant } = await import('./doctor-qdrant.ts');
          return await checkQdrant(qdrant);
        }),
    redis === null
      ? []
      : findings('Redis', async () => {
          const { checkRedis } = await import('../../../pipelines/queues/redis/check.ts');
          return (await checkRedis(redis.url)).map(redisFinding);
        }),
  ]);
  return found.flat();
}

/** From here on an exact vector scan is felt in every answer; see the handbook on scale. */
const chunksForQdrant = 300_000;

/** Whether the passages have outgrown the SQLite file. */
export function checkScale(
  { chunks, vectors }: { readonly chunks: number; readonly vectors: boolean },
  { qdrant }: Pick<Environment, 'qdrant'>,
): readonly Finding[] {
  if (qdrant !== null || !vectors || chunks < chunksForQdrant) return [];
  return [
    {
      name: 'Scale',
      verdict: 'advice',
      found: `${chunks.toLocaleString('en-GB')} passages are many for an exact vector scan`,
      todo: 'Qdrant is made for this size: set QDRANT_URL, then understudy migrate --from sqlite --to production',
    },
  ];
}

const verdicts = { fine: 'good', careful: 'advice', wrong: 'bad' } as const;

const redisFinding = ({ level, about, message, hint }: RedisFinding): Finding => ({
  name: about === 'version' ? 'Redis' : `Redis ${about}`,
  verdict: verdicts[level],
  found: message,
  ...(hint !== null && { todo: hint }),
});

async function findings(
  name: string,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    const { message, hint } = explain(error);
    return [{ name, verdict: 'bad', found: message, ...(hint !== undefined && { todo: hint }) }];
  }
}
