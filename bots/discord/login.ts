import { PermanentError, TransientError } from '../../pipelines/stores/errors.ts';
import type { DiscordConfig } from './config.ts';
import { describeFailure, troubleOf } from './failure.ts';

export const portal = 'https://discord.com/developers/applications';

/** Why Discord ended a gateway connection for good. */
export function closeFailure(code: number, config: DiscordConfig): PermanentError {
  if (code === 4014) return intentFailure();
  if (code === 4004) return tokenFailure();
  return new PermanentError(`Discord closed the gateway connection with code ${code}.`, {
    code: 'discord.closed',
    hint: `understudy discord doctor looks at application ${config.applicationId}.`,
  });
}

/** Why the first request or connection came to nothing. */
export function loginFailure(error: unknown): Error {
  const words = error instanceof Error ? error.message : String(error);
  if (/disallowed intents/iu.test(words)) return intentFailure();
  if (/authentication failed|invalid token|TokenInvalid/iu.test(words)) return tokenFailure();
  if (troubleOf(error) === 'unauthorised') return tokenFailure();
  if (troubleOf(error) !== 'transient') {
    return new PermanentError(`Discord refused the request: ${describeFailure(error)}`, {
      code: 'discord.refused',
      hint: 'understudy discord doctor looks at everything that can be set wrongly.',
      cause: error,
    });
  }
  return new TransientError(`Discord could not be reached: ${describeFailure(error)}`, {
    code: 'discord.unreachable',
    hint: 'Look at the network and at https://discordstatus.com, then start again.',
    cause: error,
  });
}

const intentFailure = () =>
  new PermanentError(
    'Discord refused the connection: the Message Content intent is not switched on.',
    {
      code: 'discord.intent',
      hint: `Switch it on for the bot in ${portal}, or set DISCORD_MESSAGE_CONTENT=off: the twin then reads only what mentions it.`,
    },
  );

const tokenFailure = () =>
  new PermanentError('Discord does not accept the token.', {
    code: 'discord.token',
    hint: `Reset the bot's token in ${portal} and set DISCORD_TOKEN to the new one.`,
  });
