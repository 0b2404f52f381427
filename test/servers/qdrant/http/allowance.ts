import type { Collection } from '../engine/collection.ts';
import { Refusal } from '../engine/refusal.ts';

type Bucket = { tokens: number; filledAt: number };

/**
 * Strict mode's rate limits: so many tokens a minute, that many at once; what costs more than there is waits
 * (`lib/common/common/src/rate_limiting.rs`).
 *
 * @param now Milliseconds.
 */
export function openAllowance(now: () => number) {
  const buckets = new WeakMap<Collection, Partial<Record<'read' | 'write', Bucket>>>();
  return (kind: 'read' | 'write', collection: Collection, cost: number): void => {
    const strict = collection.config.strict_mode_config;
    const limit = strict?.enabled ? strict[`${kind}_rate_limit`] : undefined;
    if (typeof limit !== 'number') return;
    const own = buckets.get(collection) ?? {};
    buckets.set(collection, own);
    const bucket = own[kind] ?? { tokens: limit, filledAt: now() };
    own[kind] = bucket;
    bucket.tokens = Math.min(limit, bucket.tokens + ((now() - bucket.filledAt) * limit) / 60_000);
    bucket.filledAt = now();
    const name = kind === 'read' ? 'Read' : 'Write';
    if (cost > limit) {
      const why = `request larger than rate limit, requires ${cost} tokens but only ${limit} are available`;
      throw new Refusal(429, `Rate limiting exceeded: ${name} rate limit exceeded, ${why}`);
    }
    if (cost > bucket.tokens) {
      const seconds = Math.ceil(((cost - bucket.tokens) * 60) / limit);
      const available = bucket.tokens.toFixed(1);
      throw new Refusal(
        429,
        `Rate limiting exceeded: ${name} rate limit exceeded: Operation requires ${cost} tokens but only ${available} were available. Retry after ${seconds}s`,
        seconds,
      );
    }
    bucket.tokens -= cost;
  };
}
