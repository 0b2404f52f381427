import { REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { DiscordConfig } from './config.ts';
import { describeFailure, troubleOf } from './failure.ts';
import { portal } from './login.ts';
import { installLink, neededPermissions, userInstallLink } from './permissions.ts';
import { commandChanges } from './register.ts';
import { restOptions } from './rest.ts';

/** One thing looked at; `bad` means that the bot cannot do its work. */
export type Finding = {
  readonly name: string;
  readonly verdict: 'good' | 'advice' | 'bad';
  readonly found: string;
  readonly todo?: string;
};

const applicationSchema = z.object({
  id: z.string(),
  name: z.string(),
  flags: z.number().default(0),
  verify_key: z.string().optional(),
  bot_public: z.boolean().optional(),
  interactions_endpoint_url: z.string().nullish(),
  integration_types_config: z.record(z.string(), z.unknown()).optional(),
});

type Application = z.infer<typeof applicationSchema>;

/** Message Content, whole or for apps in fewer than a hundred servers. */
const contentFlags = (1 << 18) | (1 << 19);
/** So few gateway connections left today that something restarts in a loop. */
const fewSessions = 50;

/** Asks Discord about everything that can be set wrongly, and says what to do about it. Changes nothing. */
export async function checkDiscord(config: DiscordConfig): Promise<readonly Finding[]> {
  const rest = new REST({ ...restOptions(config), retries: 1 }).setToken(config.token);
  try {
    const application = await readApplication(rest);
    if ('verdict' in application) return [application];
    return [
      { name: 'Token', verdict: 'good', found: `belongs to “${application.name}”` },
      checkApplication(config, application),
      checkIntents(config, application),
      await checkSessions(rest, config),
      await checkCommands(rest, application.id),
      checkUserInstall(application),
      ...checkHttp(config, application),
      install(application),
    ];
  } finally {
    rest.clearHashSweeper();
    rest.clearHandlerSweeper();
  }
}

async function readApplication(rest: REST): Promise<Application | Finding> {
  try {
    return applicationSchema.parse(await rest.get(Routes.currentApplication()));
  } catch (error) {
    if (troubleOf(error) === 'unauthorised') {
      return {
        name: 'Token',
        verdict: 'bad',
        found: 'Discord does not accept it',
        todo: `Reset the bot's token in ${portal} and set DISCORD_TOKEN to the new one.`,
      };
    }
    return {
      name: 'Discord',
      verdict: 'bad',
      found: `cannot be reached: ${describeFailure(error)}`,
      todo: 'Look at the network, and at https://discordstatus.com.',
    };
  }
}

function checkApplication({ applicationId }: DiscordConfig, { id, name }: Application): Finding {
  return id === applicationId
    ? { name: 'Application', verdict: 'good', found: `${name} (${id})` }
    : {
        name: 'Application',
        verdict: 'bad',
        found: `the token belongs to application ${id}, but DISCORD_APPLICATION_ID is ${applicationId}`,
        todo: `Set DISCORD_APPLICATION_ID=${id}, or use the other application's token.`,
      };
}

function checkIntents({ messageContent }: DiscordConfig, { flags }: Application): Finding {
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

const gatewaySchema = z.object({
  shards: z.number(),
  session_start_limit: z.object({
    total: z.number(),
    remaining: z.number(),
    reset_after: z.number(),
  }),
});

async function checkSessions(rest: REST, { gateway }: DiscordConfig): Promise<Finding> {
  const name = 'Gateway';
  if (!gateway) return { name, verdict: 'good', found: 'not used, as configured' };
  try {
    const { shards, session_start_limit: limit } = gatewaySchema.parse(
      await rest.get(Routes.gatewayBot()),
    );
    const hours = Math.ceil(limit.reset_after / 3_600_000);
    const found = `${shards} ${shards === 1 ? 'shard' : 'shards'}, ${limit.remaining} of ${limit.total} connections left today`;
    if (limit.remaining >= Math.max(shards, Math.min(fewSessions, limit.total / 2))) {
      return { name, verdict: 'good', found };
    }
    return {
      name,
      verdict: limit.remaining < shards ? 'bad' : 'advice',
      found,
      todo: `Something restarts the bot again and again: find out what. The count begins anew in ${hours} h.`,
    };
  } catch (error) {
    return { name, verdict: 'bad', found: describeFailure(error) };
  }
}

async function checkCommands(rest: REST, applicationId: string): Promise<Finding> {
  const name = 'Commands';
  try {
    const changes = await commandChanges(rest, applicationId);
    if (changes.length === 0)
      return { name, verdict: 'good', found: 'registered as they should be' };
    return {
      name,
      verdict: 'bad',
      found: changes.map((change) => `${change.name} ${wordFor[change.change]}`).join(', '),
      todo: 'understudy discord register',
    };
  } catch (error) {
    return { name, verdict: 'bad', found: describeFailure(error) };
  }
}

const wordFor = { added: 'is missing', changed: 'differs', removed: 'is not ours' } as const;

function checkUserInstall({ integration_types_config: types }: Application): Finding {
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

function checkHttp({ http, gateway }: DiscordConfig, application: Application): readonly Finding[] {
  const name = 'Interactions';
  const endpoint = application.interactions_endpoint_url ?? null;
  if (http === null) {
    if (endpoint === null) {
      return gateway
        ? []
        : [
            {
              name,
              verdict: 'bad',
              found: 'neither the gateway nor HTTP is configured',
              todo: 'Set DISCORD_PORT and DISCORD_PUBLIC_KEY, or use the gateway.',
            },
          ];
    }
    return [
      {
        name,
        verdict: 'bad',
        found: `Discord sends commands to ${endpoint}, not over the gateway`,
        todo: `Clear “Interactions Endpoint URL” in ${portal}, or set DISCORD_PORT and DISCORD_PUBLIC_KEY.`,
      },
    ];
  }
  const key: Finding =
    application.verify_key === undefined || application.verify_key === http.publicKey.toLowerCase()
      ? { name: 'Public key', verdict: 'good', found: 'is the application’s' }
      : {
          name: 'Public key',
          verdict: 'bad',
          found: 'DISCORD_PUBLIC_KEY is not the application’s: every interaction would be refused',
          todo: `Set DISCORD_PUBLIC_KEY=${application.verify_key}.`,
        };
  return [
    key,
    endpoint === null
      ? {
          name,
          verdict: 'bad',
          found: 'Discord was not told where to send them',
          todo: `Start the bot, then enter its address ending in /discord/interactions as “Interactions Endpoint URL” in ${portal}.`,
        }
      : { name, verdict: 'good', found: `sent to ${endpoint}` },
  ];
}

const install = ({ id }: Application): Finding => ({
  name: 'Install',
  verdict: 'good',
  found: `${installLink(id)} for a server (${neededPermissions.map(([permission, why]) => `${permission} ${why}`).join('; ')}), ${userInstallLink(id)} for yourself`,
});
