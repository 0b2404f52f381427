import { connectProducer } from '../redis/connection.ts';
import type { Scripted } from '../redis/scripts.ts';
import type { HostLimits } from './port.ts';

// Kept by Redis's own clock, in milliseconds: those of rate-limiter-flexible are whole seconds.
const askScript = `
  if redis.call('SET', KEYS[1], 1, 'PX', ARGV[1], 'NX') then return 0 end
  return math.max(1, redis.call('PTTL', KEYS[1]))`;
const holdOffScript = `
  if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end`;

type Limiting = Scripted & {
  limitsAsk(key: string, intervalMs: number): Promise<number>;
  limitsHoldOff(key: string, forMs: number): Promise<null>;
};

/**
 * For the processes of many machines.
 *
 * @throws TransientError `queues.unreachable` within 2 s where Redis does not answer, PermanentError
 * `queues.refused`; so do `ask` and `holdOff`
 */
export async function openRedisLimits({
  url,
  prefix = 'understudy',
}: {
  readonly url: string;
  readonly prefix?: string;
}): Promise<HostLimits> {
  const { client, ask } = await connectProducer(url);
  client.defineCommand('limitsAsk', { numberOfKeys: 1, lua: askScript });
  client.defineCommand('limitsHoldOff', { numberOfKeys: 1, lua: holdOffScript });
  const limiting = client as Limiting;
  const key = (host: string) => `${prefix}:hosts:${host}`;
  const whole = (ms: number) => Math.max(1, Math.ceil(ms));
  return {
    ask: (host, intervalMs) =>
      ask(async () => Number(await limiting.limitsAsk(key(host), whole(intervalMs)))),
    holdOff: (host, forMs) =>
      ask(async () => void (await limiting.limitsHoldOff(key(host), whole(forMs)))),
    async close() {
      client.disconnect();
    },
  };
}
