import type { DiscordServer, Fault, OperationId } from '../../servers/discord/server.ts';

const faults: readonly Fault[] = [
  { kind: 'rate-limit', retryAfterMs: 150 },
  { kind: 'rate-limit', retryAfterMs: 400, scope: 'shared' },
  { kind: 'rate-limit', retryAfterMs: 250, scope: 'global' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 503 },
  { kind: 'drop', when: 'before' },
  { kind: 'drop', when: 'after' },
  { kind: 'slow', ms: 150 },
  { kind: 'slow', ms: 600 },
];

/** The requests that answers are made of, and those that they need. */
const routes: readonly OperationId[] = [
  'create_message',
  'update_message',
  'delete_message',
  'get_message',
  'list_messages',
  'get_channel',
  'create_dm',
  'create_thread_from_message',
  'create_interaction_response',
  'execute_webhook',
  'update_original_webhook_message',
  'update_webhook_message',
  'delete_original_webhook_message',
];

/** Where Discord sometimes denies that a valid token is one. */
const byToken: readonly OperationId[] = [
  'update_original_webhook_message',
  'update_webhook_message',
];

/** From now on each request fails with this probability, in one of many ways. */
export function beUnreliable(discord: DiscordServer, probability: number, seed: number): void {
  discord.faults.random({ probability, seed, routes }, faults);
  discord.faults.random({ probability: probability / 4, seed: seed + 1, routes: byToken }, [
    { kind: 'not-found' },
  ]);
  discord.gateway.duplicateEvery(20);
  discord.gateway.redeliverOnResume(5);
}

/** Lets nobody ask while the work is done, and what was asked arrive first. */
export type Quietly = (work: () => Promise<void>) => Promise<void>;

const disturbances = ['cut', 'reconnect', 'close', 'invalidate', 'lose', 'swap', 'double'];

/** One thing that goes wrong with the gateway. What Discord itself would lose is only done in quiet moments. */
export async function disturbDiscord(
  discord: DiscordServer,
  random: () => number,
  quietly: Quietly,
): Promise<string> {
  const { gateway } = discord;
  const isConnected = () => gateway.connected().length > 0;
  const what = disturbances[Math.floor(random() * disturbances.length)] ?? 'cut';
  switch (what) {
    case 'reconnect':
      gateway.reconnect();
      break;
    case 'close':
      gateway.close(4_000);
      break;
    case 'invalidate':
      gateway.invalidate(true);
      break;
    case 'lose':
      await quietly(async () => {
        // An earlier disturbance may still be on.
        await discord.until(isConnected, { timeoutMs: 60_000, label: 'a connection' });
        const { identified } = gateway.counts;
        gateway.invalidate(false);
        await discord.until(() => gateway.counts.identified > identified && isConnected(), {
          timeoutMs: 60_000,
          label: 'a new session',
        });
      });
      break;
    case 'swap':
      gateway.swapNext('MESSAGE_CREATE');
      break;
    case 'double':
      gateway.duplicateNext(undefined, 3);
      break;
    default:
      gateway.cut();
  }
  return what;
}
