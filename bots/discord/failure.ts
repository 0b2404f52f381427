import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';

/** What a refusal by Discord means for us, whatever route it came from. */
export type Trouble =
  /** The message is not there any more. */
  | 'gone'
  /** The interaction's token is not good any more. */
  | 'token'
  /** It is said not to be, as on a bad day it is of a good one, or of one whose answer is not through yet. */
  | 'doubted'
  /** Messages older than an hour are edited too often just now. */
  | 'old'
  | 'archived'
  /** The channel is gone, or the bot is. */
  | 'no-channel'
  /** The bot does not see the channel. */
  | 'no-access'
  | 'no-permission'
  | 'no-history'
  /** The person takes no direct messages. */
  | 'no-dm'
  /** Somebody answered this interaction before. */
  | 'acknowledged'
  /** Nobody answered this interaction in time. */
  | 'late'
  | 'thread-exists'
  | 'no-thread'
  | 'unauthorised'
  /** The request itself is wrong: a defect of ours. */
  | 'refused'
  /** It may be otherwise in a moment; what was asked for may have happened all the same. */
  | 'transient';

const troubles: ReadonlyMap<number | string, Trouble> = new Map<number | string, Trouble>([
  [10_008, 'gone'],
  [10_015, 'doubted'],
  [50_027, 'token'],
  [30_046, 'old'],
  [50_083, 'archived'],
  [10_003, 'no-channel'],
  [10_004, 'no-channel'],
  [50_001, 'no-access'],
  [50_013, 'no-permission'],
  [160_002, 'no-history'],
  [50_007, 'no-dm'],
  [50_278, 'no-dm'],
  [40_060, 'acknowledged'],
  [10_062, 'late'],
  [160_004, 'thread-exists'],
  [160_005, 'no-thread'],
  [160_006, 'no-thread'],
  [50_024, 'no-thread'],
]);

/** Discord refused this, but an attempt before, of which nothing was heard, may have been taken. */
export class RefusedAfterDoubt extends Error {
  constructor(cause: unknown) {
    super(describeFailure(cause), { cause });
    this.name = 'RefusedAfterDoubt';
  }
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof RefusedAfterDoubt) return troubleOf(error.cause);
  if (error instanceof DiscordAPIError) {
    const known = troubles.get(error.code);
    if (known !== undefined) return known;
    if (error.status === 401) return 'unauthorised';
    return error.status === 429 ? 'transient' : 'refused';
  }
  // Thrown for edits alone, see rest.ts; all other limits are waited for.
  if (error instanceof RateLimitError) return 'old';
  if (error instanceof HTTPError) return 'transient';
  // Everything else is the network's: refused, reset and timed-out connections, and answers cut in the middle.
  return 'transient';
}

/** The words for a log: never a request's body, which holds what people said. */
export function describeFailure(error: unknown): string {
  if (error instanceof DiscordAPIError) {
    return `${error.status} ${error.code}: ${error.message} (${error.method} ${routeOf(error.url)})`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Interaction tokens are secrets for a quarter of an hour. */
function routeOf(url: string): string {
  return new URL(url).pathname.replace(/(\/(?:webhooks|interactions)\/\d+\/)[^/]+/u, '$1…');
}
