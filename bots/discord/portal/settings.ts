import type { Finding } from '../../finding.ts';
import type { DiscordConfig } from '../config.ts';
import { portal } from '../login.ts';
import type { Application } from './application.ts';

/** Message Content, whole or for apps in fewer than a hundred servers. */
const contentFlags = (1 << 18) | (1 << 19);

export function checkApplication(
  { applicationId }: DiscordConfig,
  { id, name }: Application,
): Finding {
  return id === applicationId
    ? { name: 'Application', verdict: 'good', found: `${name} (${id})` }
    : {
        name: 'Application',
        verdict: 'bad',
        found: `the token belongs to application ${id}, but DISCORD_APPLICATION_ID is ${applicationId}`,
        todo: `Set DISCORD_APPLICATION_ID=${id}, or use the other application's token.`,
      };
}

export function checkIntents({ messageContent }: DiscordConfig, { flags }: Application): Finding {
  const name = 'Message Content';
  const enabled = (flags & contentFlags) !== 0;
  if (enabled === messageContent) {
    const found = enabled
      ? 'switched on: follow-ups in threads need no mention'
      : 'switched off, as configured: the twin reads what mentions it, direct messages and commands';
    return { name, verdict: 'good', found };
  }
  return enabled
    ? {
        name,
        verdict: 'advice',
        found: 'switched on in the portal, but DISCORD_MESSAGE_CONTENT is off',
        todo: 'Set DISCORD_MESSAGE_CONTENT=on to let people go on in threads without a mention.',
      }
    : {
        name,
        verdict: 'bad',
        found: 'switched off in the portal: Discord will refuse the connection',
        todo: `Switch on “Message Content Intent” under Bot in ${portal}, or set DISCORD_MESSAGE_CONTENT=off.`,
      };
}

export function checkUserInstall({ integration_types_config: types }: Application): Finding {
  const name = 'User install';
  return types === undefined || '1' in types
    ? { name, verdict: 'good', found: 'people can take the twin along' }
    : {
        name,
        verdict: 'advice',
        found: 'only servers can install the app',
        todo: `Tick “User Install” under Installation in ${portal}, should people be able to take the twin along.`,
      };
}
