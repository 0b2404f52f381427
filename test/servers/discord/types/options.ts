import type { OperationId } from '../contract/served.ts';

export type { OperationId } from '../contract/served.ts';

export type DiscordOptions = {
  /** What the bot must present; default `DiscordServer.bot.token`. */
  readonly token?: string;
  readonly botName?: string;
  /** Privileged intents switched on in the (imaginary) developer portal; default: message content only. */
  readonly privileged?: {
    readonly messageContent?: boolean;
    readonly members?: boolean;
    readonly presences?: boolean;
  };
  /** Shards that /gateway/bot recommends; default 1. */
  readonly shards?: number;
  /** Default 41,250 ms, as Discord. */
  readonly heartbeatIntervalMs?: number;
  /** An interaction must be answered or deferred in this time; default 3,000 ms. */
  readonly interactionDeadlineMs?: number;
  /** An interaction's token lives this long; default 15 minutes. */
  readonly interactionTokenMs?: number;
  /**
   * Edits of messages older than an hour, a channel; default 3 in 20 s. One more is answered 429 with code 30046, as
   * bots have met it in the field: discord.js waits as long as it is told to, unless it rejects on rate limits.
   */
  readonly oldEdits?: { readonly limit: number; readonly windowMs: number };
  /** Off by default; `discord` are the limits people have measured on Discord. */
  readonly rateLimits?: 'off' | 'discord' | RateLimits;
};

export type BucketLimit = {
  readonly limit: number;
  readonly windowMs: number;
  /** Operations of one bucket share its allowance; default: each operation has its own. */
  readonly bucket?: string;
};

/** Allowances are counted for each channel, guild or webhook apart. */
export type RateLimits = {
  readonly buckets?: Partial<Record<OperationId, BucketLimit>>;
  /** Requests a second over all that carry the bot's token; default 50. */
  readonly globalPerSecond?: number;
};
