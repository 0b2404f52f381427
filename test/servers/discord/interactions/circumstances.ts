import { channelPayload } from '../payloads/channel.ts';
import { interactionMemberPayload, userPayload } from '../payloads/user.ts';
import type { CommandState } from '../world/commands.ts';
import { EVERYONE, permissionsIn } from '../world/permissions.ts';
import {
  type ChannelState,
  DM,
  type GuildState,
  type MessageState,
  type UserState,
  type World,
} from '../world/world.ts';

export type Place = {
  readonly user: UserState;
  readonly channel: ChannelState;
  readonly command: CommandState | undefined;
  readonly source: MessageState | undefined;
};

const GUILD_CONTEXT = 0;
const BOT_DM_CONTEXT = 1;
const PRIVATE_CONTEXT = 2;
const GUILD_INSTALL = '0';
const USER_INSTALL = '1';

/** What every interaction says of who did it, where, and by whose installation. */
export function createInteractionPayload(
  world: World,
  place: Place,
): { readonly fields: Record<string, unknown>; readonly owners: Record<string, string> } {
  const { user, channel } = place;
  const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
  const context = guild ? GUILD_CONTEXT : channel.type === DM ? BOT_DM_CONTEXT : PRIVATE_CONTEXT;
  const owners = ownersOf(place, guild, context);
  const installedHere = !guild || guild.botIn;
  const permissions = installedHere ? permissionsIn(world, world.bot.id, channel) : EVERYONE;
  const seen = channelPayload(world, channel);
  const fields = {
    application_id: world.applicationId,
    version: 1,
    channel_id: channel.id,
    channel: { ...seen, permissions: String(permissionsIn(world, user.id, channel)) },
    ...(guild
      ? {
          guild_id: guild.id,
          guild: { id: guild.id, locale: guild.locale, features: [] },
          guild_locale: guild.locale,
          member: interactionMemberPayload(
            world,
            guild,
            user.id,
            permissionsIn(world, user.id, channel),
          ),
        }
      : { user: userPayload(user) }),
    app_permissions: String(permissions),
    locale: user.locale,
    entitlements: [],
    authorizing_integration_owners: owners,
    context,
    attachment_size_limit: 10_485_760,
  };
  return { fields, owners };
}

/** By whose installation the person reaches the bot here; throws when nobody's does. */
function ownersOf(
  { user, channel, command, source }: Place,
  guild: GuildState | undefined,
  context: number,
): Record<string, string> {
  // Whoever sees an answer may use its buttons.
  if (!command && source?.interaction) return { ...source.interaction.owners };
  const types = (command?.body['integration_types'] ?? [0]) as number[];
  const contexts = (command?.body['contexts'] ?? [0, 1, 2]) as number[];
  const owners: Record<string, string> = {};
  const takes = (type: string) => !command || types.includes(Number(type));
  if (takes(GUILD_INSTALL) && guild?.botIn) owners[GUILD_INSTALL] = guild.id;
  if (takes(GUILD_INSTALL) && context === BOT_DM_CONTEXT) owners[GUILD_INSTALL] = '0';
  if (takes(USER_INSTALL) && user.installed) owners[USER_INSTALL] = user.id;
  const allowed = command?.guildId !== undefined || contexts.includes(context);
  if (Object.keys(owners).length === 0 || !allowed) {
    throw new Error(`${user.name} cannot use the app in ${channel.name}: not installed for it`);
  }
  return owners;
}
