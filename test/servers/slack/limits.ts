import type { RateLimits } from './types.ts';
import type { Tier } from './web-api/method.ts';

/** docs.slack.dev/apis/web-api/rate-limits: at least so many calls a minute, and about a message a second. */
export const PUBLISHED: RateLimits = {
  message: { perSecond: 1, burst: 5 },
  tiers: { 1: 1, 2: 20, 3: 50, 4: 100 },
};

export type Limiter = {
  /** Seconds to wait, or undefined when the call may pass. */
  refuses(
    team: string,
    method: string,
    tier: Tier,
    channel: string | undefined,
  ): number | undefined;
};

/** Token buckets: per team and method, and per channel for messages. */
export function openLimiter(limits: RateLimits | undefined): Limiter {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const take = (key: string, perSecond: number, burst: number): number | undefined => {
    const now = performance.now();
    const bucket = buckets.get(key) ?? { tokens: burst, atMs: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.atMs) / 1_000) * perSecond);
    buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs: now });
    return tokens >= 1 ? undefined : Math.max(1, Math.ceil((1 - tokens) / perSecond));
  };
  return {
    refuses: (team, method, tier, channel) => {
      if (limits === undefined) return undefined;
      if (tier === 'message') {
        const { perSecond, burst } = limits.message;
        return take(`${team}:message:${channel ?? ''}`, perSecond, burst);
      }
      const perMinute = limits.tiers[tier];
      return take(`${team}:${method}`, perMinute / 60, perMinute);
    },
  };
}
