import { type REST, RESTEvents, type RESTOptions, Routes } from 'discord.js';
import { z } from 'zod';
import type { BotPorts } from '../ports.ts';
import type { DiscordConfig } from './config.ts';
import { loginFailure } from './login.ts';

/** A request that takes longer is made again; an interaction is answered within three seconds. */
const requestMs = 10_000;

/** Requests that Discord refused, of the 10,000 it takes in ten minutes. */
const warnEvery = 500;

/** Nobody waits longer for an edit: then a new message is quicker. Ordinary limits are over within five seconds. */
const longestWaitMs = 10_000;

/**
 * discord.js waits for rate limits by itself. The one on edits of messages older than an hour (30046) can last for
 * minutes, so it is told from the others by how long it is.
 */
const isTooLong: RESTOptions['rejectOnRateLimit'] = ({ method, route, retryAfter, timeToReset }) =>
  method.toUpperCase() === 'PATCH' &&
  route === '/channels/:id/messages/:id' &&
  Math.max(retryAfter, timeToReset) > longestWaitMs;

export const restOptions = ({ apiUrl }: DiscordConfig): Partial<RESTOptions> => ({
  timeout: requestMs,
  rejectOnRateLimit: isTooLong,
  invalidRequestWarningInterval: warnEvery,
  ...(apiUrl !== undefined && { api: apiUrl }),
});

/** For requests that an interaction's token authorises. */
export const throughOptions = (config: DiscordConfig): Partial<RESTOptions> => ({
  ...restOptions(config),
  globalRequestsPerSecond: Number.POSITIVE_INFINITY,
});

/** Before Discord shuts the address out. */
export function warnOfRefusals(rest: REST, log: BotPorts['log']): void {
  rest.on(RESTEvents.InvalidRequestWarning, ({ count, remainingTime }) =>
    log.warn(
      { count, remainingMs: remainingTime },
      'Discord refused many requests: at 10,000 in ten minutes it shuts this address out. The log names the permissions and tokens that are wrong.',
    ),
  );
}

const userSchema = z.object({ id: z.string(), username: z.string() });

/** Who the token belongs to. */
export async function botUser(rest: REST): Promise<{ id: string; name: string }> {
  try {
    const { id, username } = userSchema.parse(await rest.get(Routes.user()));
    return { id, name: username };
  } catch (error) {
    throw loginFailure(error);
  }
}
