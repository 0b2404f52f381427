import { REST, Routes } from 'discord.js';
import { z } from 'zod';
import type { Finding } from '../finding.ts';
import type { DiscordConfig } from './config.ts';
import { describeFailure, troubleOf } from './failure.ts';
import { portal } from './login.ts';
import { installLink, neededPermissions, userInstallLink } from './permissions.ts';
import { type Application, applicationSchema } from './portal/application.ts';
import { checkHttp } from './portal/interactions.ts';
import { checkApplication, checkIntents, checkUserInstall } from './portal/settings.ts';
import { commandChanges } from './register.ts';
import { restOptions } from './rest.ts';

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

const install = ({ id }: Application): Finding => ({
  name: 'Install',
  verdict: 'good',
  found: `${installLink(id)} for a server (${neededPermissions.map(([permission, why]) => `${permission} ${why}`).join('; ')}), ${userInstallLink(id)} for yourself`,
});
