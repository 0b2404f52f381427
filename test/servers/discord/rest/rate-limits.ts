import { createHash } from 'node:crypto';
import { template } from '../contract/contract.ts';
import type { OperationId } from '../contract/served.ts';
import type { BucketLimit, RateLimits } from '../types/options.ts';
import type { Clock } from '../world/clock.ts';

export type Verdict = {
  /** X-RateLimit-* of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Set when the request must be refused. */
  readonly refused?: { readonly scope: 'user' | 'global'; readonly retryAfterMs: number };
};

export type RateLimiter = (
  operation: OperationId,
  params: Readonly<Record<string, string>>,
  byBot: boolean,
) => Verdict;

/** As people have measured them; Discord publishes none and changes them at will. */
const MEASURED: RateLimits = {
  globalPerSecond: 50,
  buckets: {
    create_message: { limit: 5, windowMs: 5000 },
    update_message: { limit: 5, windowMs: 5000 },
    delete_message: { limit: 5, windowMs: 1000 },
    trigger_typing_indicator: { limit: 5, windowMs: 5000 },
    execute_webhook: { limit: 5, windowMs: 2000, bucket: 'webhook' },
    get_original_webhook_message: { limit: 5, windowMs: 2000, bucket: 'webhook' },
    update_original_webhook_message: { limit: 5, windowMs: 2000, bucket: 'webhook' },
    delete_original_webhook_message: { limit: 5, windowMs: 2000, bucket: 'webhook' },
    get_webhook_message: { limit: 5, windowMs: 2000, bucket: 'webhook' },
    update_webhook_message: { limit: 5, windowMs: 2000, bucket: 'webhook' },
    delete_webhook_message: { limit: 5, windowMs: 2000, bucket: 'webhook' },
    create_thread_from_message: { limit: 50, windowMs: 300_000 },
    create_thread: { limit: 50, windowMs: 300_000 },
    update_channel: { limit: 5, windowMs: 15_000 },
    list_messages: { limit: 5, windowMs: 5000 },
    bulk_set_application_commands: { limit: 60, windowMs: 60_000 },
  },
};

/** Interactions are answered outside the bot's global allowance, and their callback has no bucket. */
const UNBOUND: ReadonlySet<OperationId> = new Set<OperationId>([
  'create_interaction_response',
  'execute_webhook',
  'get_original_webhook_message',
  'update_original_webhook_message',
  'delete_original_webhook_message',
  'get_webhook_message',
  'update_webhook_message',
  'delete_webhook_message',
]);

type Window = { count: number; resetAt: number };

/** Fixed windows that open with their first request, one for each bucket and major parameter. */
export function createRateLimiter(
  setting: 'off' | 'discord' | RateLimits,
  clock: Clock,
): RateLimiter | undefined {
  if (setting === 'off') return undefined;
  const { buckets = {}, globalPerSecond = 50 } = setting === 'discord' ? MEASURED : setting;
  const windows = new Map<string, Window>();
  const open = (key: string, windowMs: number): Window => {
    const now = clock.now();
    const found = windows.get(key);
    if (found && found.resetAt > now) return found;
    const fresh = { count: 0, resetAt: now + windowMs };
    windows.set(key, fresh);
    return fresh;
  };
  return (operation, params, byBot) => {
    const limit: BucketLimit | undefined = buckets[operation];
    const bound = byBot && !UNBOUND.has(operation);
    const shared = bound ? open('global', 1000) : undefined;
    if (shared && shared.count >= globalPerSecond) {
      return { headers: {}, refused: { scope: 'global', retryAfterMs: left(shared, clock) } };
    }
    if (!limit) {
      if (shared) shared.count++;
      return { headers: {} };
    }
    const bucket = limit.bucket ?? template(operation);
    const window = open(`${bucket} ${major(params)}`, limit.windowMs);
    const refused = window.count >= limit.limit;
    if (!refused) {
      window.count++;
      if (shared) shared.count++;
    }
    const headers = headersOf(bucket, limit.limit, window, clock);
    if (!refused) return { headers };
    return { headers, refused: { scope: 'user', retryAfterMs: left(window, clock) } };
  };
}

/** The ids in a path that have an allowance of their own. */
function major(params: Readonly<Record<string, string>>): string {
  return [
    params['channel_id'],
    params['guild_id'],
    params['webhook_id'],
    params['webhook_token'],
  ].join('/');
}

function left(window: Window, clock: Clock): number {
  return Math.max(1, window.resetAt - clock.now());
}

function headersOf(bucket: string, limit: number, window: Window, clock: Clock) {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(Math.max(0, limit - window.count)),
    'x-ratelimit-reset': (window.resetAt / 1000).toFixed(3),
    'x-ratelimit-reset-after': (left(window, clock) / 1000).toFixed(3),
    'x-ratelimit-bucket': createHash('md5').update(bucket).digest('hex'),
  };
}
