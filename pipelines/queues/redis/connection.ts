import { Redis } from 'ioredis';
import { createPatience, type Patience } from './patience.ts';
import { type Scripted, teach } from './scripts.ts';

/** Never longer than this between two tries to connect, in ms. */
const reconnectMs = 1_000;
/** How long a producer waits for an answer, in ms; whoever enqueues must not hang on a frozen server. */
const producerPatienceMs = 1_500;

const reconnecting = {
  retryStrategy: (times: number) => Math.min(reconnectMs, 50 * times),
  // After a failover the old primary is a replica: it answers, but refuses to write.
  reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
  keepAlive: 10_000,
};

export type Producer = {
  readonly client: Scripted;
  /** Everything that is asked of `client` is asked through this. */
  readonly ask: Patience;
};

/**
 * For those who enqueue and look: fails at once where Redis is away, and within 1.5 s where it is frozen.
 *
 * @throws TransientError `queues.unreachable`, PermanentError `queues.refused`
 */
export async function connectProducer(url: string): Promise<Producer> {
  const client = new Redis(url, {
    ...reconnecting,
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    // Sent again after a reconnection, a command would have waited for that.
    autoResendUnfulfilledCommands: false,
    connectTimeout: producerPatienceMs,
  });
  // What a command meets, it throws; what only the connection meets, it mends. But that tells more of why
  // it cannot be made in the first place.
  let met: unknown;
  const ask = createPatience(producerPatienceMs, () => client.disconnect(true));
  client.on('error', (error) => {
    met = error;
  });
  try {
    await ask(() => client.connect().catch((error: unknown) => Promise.reject(met ?? error)));
  } catch (error) {
    client.disconnect();
    throw error;
  }
  return { client: teach(client), ask };
}

/** For those who work: waits for Redis as long as it takes, and sends again what was not answered. */
export function connectWorker(url: string): Scripted {
  const client = new Redis(url, { ...reconnecting, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  return teach(client);
}
