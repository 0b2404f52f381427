import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGateway } from './gateway/gateway.ts';
import { createAsking } from './interactions/asking.ts';
import { createInteractions } from './interactions/interactions.ts';
import { createSigned } from './interactions/signed.ts';
import { publicKeyOf } from './interactions/signing.ts';
import { createGuildHandle } from './people/guild.ts';
import { createPerson } from './people/person.ts';
import { channelHandle } from './people/seen.ts';
import { createUntil } from './people/until.ts';
import { createViews } from './people/views.ts';
import { createFaults } from './rest/faults.ts';
import { createRest } from './rest/rest.ts';
import type { Rooms } from './rest/routes/route.ts';
import type { DiscordOptions } from './types/options.ts';
import type { Person, PersonDetails } from './types/people.ts';
import type { DiscordServer } from './types/server.ts';
import { createCommands } from './world/commands.ts';
import { createOldEdits } from './world/drafts.ts';
import { createGuild, createUser, groupChannel } from './world/places.ts';
import { createWorld } from './world/world.ts';

export type { Fault } from './rest/faults.ts';
export type * from './types/options.ts';
export type * from './types/people.ts';
export type * from './types/seen.ts';
export type * from './types/server.ts';
export { visibleText } from './world/components.ts';

/**
 * A Discord on the loopback address; hand `apiUrl` to discord.js as `rest.api`.
 *
 * Requests and answers are held to Discord's own OpenAPI document and to the limits of its documentation. On purpose
 * different: `Retry-After` is exact instead of rounded up to seconds, time can be put forward (`clock`), and what a
 * well-behaved bot never does is written down (`violations`), also where Discord would say nothing.
 */
export async function startDiscordServer(options: DiscordOptions = {}): Promise<DiscordServer> {
  const world = createWorld(options);
  const interactions = createInteractions(world);
  const http = createServer();
  const address = () => `127.0.0.1:${(http.address() as AddressInfo).port}`;
  const rooms: Rooms = {
    world,
    interactions,
    commands: createCommands(world),
    gatewayUrl: () => `ws://${address()}`,
    oldEdit: createOldEdits(world),
  };
  const { faults, draw } = createFaults();
  const gateway = createGateway(world, http, rooms.gatewayUrl);
  const rest = createRest(rooms, draw, () => gateway.controls.cut());
  http.on('request', rest.listener);
  const { signed, take } = createSigned(rooms);
  const asking = createAsking(rooms, (interaction) => {
    if (take(interaction)) return;
    const payload = interaction.payload as unknown as Record<string, unknown>;
    world.announce('INTERACTION_CREATE', interaction.channel.guildId, () =>
      structuredClone(payload),
    );
  });
  const person = (name: string, details: PersonDetails = {}): Person => {
    const known = [...world.users.values()].find(
      (user) => user.name === name && user !== world.bot,
    );
    if (known && details.locale !== undefined) known.locale = details.locale;
    if (known && details.installed !== undefined) known.installed = details.installed;
    return createPerson(world, asking, known ?? createUser(world, name, details));
  };
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    apiUrl: `http://${address()}/api`,
    bot: {
      id: world.bot.id,
      applicationId: world.applicationId,
      name: world.bot.name,
      token: world.token,
      publicKey: publicKeyOf(world),
      mention: `<@${world.bot.id}>`,
    },
    clock: world.clock,
    faults,
    gateway: gateway.controls,
    signed,
    violations: world.violations,
    requests: rest.requests,
    invalidRequests: rest.invalidRequests,
    guild: (name, { bot = true, locale = 'en-US' } = {}) => {
      const known = [...world.guilds.values()].find((guild) => guild.name === name);
      return createGuildHandle(world, known ?? createGuild(world, name, locale, bot), person);
    },
    person,
    group: (...people) =>
      channelHandle(
        groupChannel(
          world,
          people.map(({ id }) => id),
        ),
      ),
    ...createViews(rooms),
    until: createUntil(world),
    forget: () => {
      world.messages.clear();
      world.said.clear();
      rest.requests.length = 0;
      interactions.modals.length = 0;
      interactions.forget();
      gateway.forget();
    },
    close: async () => {
      await gateway.close();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
