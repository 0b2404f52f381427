import { setTimeout as sleep } from 'node:timers/promises';
import { REST } from 'discord.js';
import type { BotPorts, RunningBot } from '../ports.ts';
import { openChannel } from './channel.ts';
import { type DiscordConfig, discordTiming } from './config.ts';
import type { Desk } from './desk.ts';
import { openGateway } from './gateway.ts';
import { serveInteractions } from './http.ts';
import type { Respond } from './interactions/asked.ts';
import { handleInteraction } from './interactions/handle.ts';
import { catchUp } from './messages/catch-up.ts';
import {
  messageCreated,
  messageDeleted,
  messagesDeleted,
  messageUpdated,
} from './messages/handle.ts';
import { type Interaction, interactionSchema } from './payloads/interaction.ts';
import { openPlaces, type Surroundings } from './places.ts';
import { readableMessage } from './reading.ts';
import { openRecent } from './recent.ts';
import { openRecovery } from './recovery.ts';
import { botUser, restOptions, throughOptions, warnOfRefusals } from './rest.ts';
import { openSeen } from './seen.ts';
import { openWire, requestOver } from './wire.ts';
import { openWork } from './work.ts';

/** How long what is on its way to Discord may take once everything else is over. */
const closingMs = 5_000;

const nothingKnown: Surroundings = {
  channel: () => undefined,
  guild: () => undefined,
  roleName: () => undefined,
};

/**
 * Connects to Discord and answers until closed.
 *
 * @throws PermanentError `discord.token`, `discord.intent` or `discord.public-key`, TransientError
 * `discord.unreachable`.
 */
export async function startDiscord(ports: BotPorts, config: DiscordConfig): Promise<RunningBot> {
  const { log } = ports;
  const timing = { ...discordTiming, ...config.timing };
  const gateway = config.gateway ? openGateway(config, restOptions(config), log) : undefined;
  const rest = gateway?.rest ?? new REST(restOptions(config));
  rest.setToken(config.token);
  const through = new REST(throughOptions(config));
  for (const each of [rest, through]) warnOfRefusals(each, log);
  const wire = openWire(requestOver(rest, through), timing.retryMs);
  const surroundings = gateway?.surroundings ?? nothingKnown;
  const { id: me, name } = await botUser(rest);
  const places = openPlaces(wire, surroundings, me);
  const recent = openRecent();
  const { messageContent } = config;
  const now = () => Date.now();
  const basis = { ...ports, me, wire, places, surroundings, recent, timing, messageContent, now };
  const channel = openChannel({ ...basis, read: (message) => readableMessage(basis, message) });
  const desk: Desk = { ...basis, channel };
  const work = openWork(log);
  const seen = openSeen();

  const interact = (interaction: Interaction, respond: Respond) =>
    work.track(handleInteraction(desk, interaction, respond));
  const server = config.http ? await serveInteractions(config.http, log, now, interact) : undefined;
  if (server) log.info({ url: server.url }, 'taking interactions over HTTP');
  try {
    await gateway?.connect({
      interaction: (payload) => {
        const read = interactionSchema.safeParse(payload);
        if (!read.success || seen.again(read.data.id)) return;
        const { id, token } = read.data;
        work.run(() =>
          handleInteraction(desk, read.data, (response) => wire.acknowledge(id, token, response)),
        );
      },
      created: (payload) => work.run(() => messageCreated(desk, payload)),
      updated: (payload) => work.run(() => messageUpdated(desk, payload)),
      deleted: (payload) => work.run(() => messageDeleted(desk, payload)),
      deletedInBulk: (payload) => work.run(() => messagesDeleted(desk, payload)),
      began: () => work.run(() => catchUp(desk)),
    });
  } catch (error) {
    await server?.close();
    throw error;
  }
  if (gateway && !messageContent) {
    log.info(
      'without the Message Content intent the twin reads only what mentions it, direct messages and commands',
    );
  }
  const recovery = openRecovery(ports, channel, timing.recoverEveryMs);
  return {
    name: `Discord: ${name}`,
    // Discord tells nobody twice: what comes in until the end is still taken in, for the next process to answer.
    quiesce: () => recovery.close(),
    async close() {
      await recovery.close();
      await server?.close();
      await Promise.race([work.idle(), sleep(closingMs, undefined, { ref: false })]);
      await gateway?.close();
      for (const each of [rest, through]) {
        each.clearHashSweeper();
        each.clearHandlerSweeper();
      }
    },
  };
}
