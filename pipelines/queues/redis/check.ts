import { Redis } from 'ioredis';
import { attempt } from './failure.ts';

export type RedisFinding = {
  /** `wrong`: jobs can be lost. `careful`: more is at stake than need be. */
  readonly level: 'fine' | 'careful' | 'wrong';
  readonly about: 'version' | 'eviction' | 'persistence' | 'memory';
  readonly message: string;
  /** What to do about it; null where all is well. */
  readonly hint: string | null;
};

/** BullMQ asks for it (docs.bullmq.io, Going to production). */
const oldestVersion = [6, 2] as const;
/** Above this share of its memory limit, Redis should be given more. */
const fullShare = 0.8;

/**
 * Looks whether a Redis is set up to keep jobs. Hosted ones often forbid CONFIG: everything is read from
 * INFO, which they allow.
 *
 * @throws TransientError `queues.unreachable`, PermanentError `queues.refused`
 */
export async function checkRedis(url: string): Promise<readonly RedisFinding[]> {
  const client = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    connectTimeout: 1_500,
    commandTimeout: 1_500,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  try {
    return await attempt(async () => {
      await client.connect();
      const info = new Map(
        (await client.info()).split(/\r?\n/).map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1)] as const;
        }),
      );
      return [versionOf(info), evictionOf(info), persistenceOf(info), memoryOf(info)];
    });
  } finally {
    client.disconnect();
  }
}

type Info = ReadonlyMap<string, string>;

function versionOf(info: Info): RedisFinding {
  const version = info.get('redis_version') ?? 'unknown';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = oldestVersion;
  const fine = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  const message = `Redis ${version}`;
  if (fine) return { level: 'fine', about: 'version', message, hint: null };
  const hint = `Update Redis to ${wantedMajor}.${wantedMinor} or later.`;
  return { level: 'wrong', about: 'version', message, hint };
}

function evictionOf(info: Info): RedisFinding {
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  const message = `maxmemory-policy ${policy}`;
  if (policy === 'noeviction') return { level: 'fine', about: 'eviction', message, hint: null };
  const hint =
    'Set maxmemory-policy to noeviction: any other throws jobs away when memory is short.';
  return { level: 'wrong', about: 'eviction', message, hint };
}

function persistenceOf(info: Info): RedisFinding {
  if (info.get('aof_enabled') === '1') {
    return { level: 'fine', about: 'persistence', message: 'append-only file on', hint: null };
  }
  return {
    level: 'careful',
    about: 'persistence',
    message: 'append-only file off',
    hint: 'Set appendonly to yes, so that a restart keeps what is in line, pauses and schedules.',
  };
}

function memoryOf(info: Info): RedisFinding {
  const used = Number(info.get('used_memory') ?? 0);
  const limit = Number(info.get('maxmemory') ?? 0);
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  const message = `${mebibytes(used)} used${limit > 0 ? ` of ${mebibytes(limit)}` : ', no limit'}`;
  if (limit === 0 || used < limit * fullShare) {
    return { level: 'fine', about: 'memory', message, hint: null };
  }
  const hint = 'Raise maxmemory: when it is reached, nothing more can be enqueued.';
  return { level: 'careful', about: 'memory', message, hint };
}
