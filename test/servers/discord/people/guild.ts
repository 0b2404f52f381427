import { guildCreatePayload } from '../payloads/guild.ts';
import { memberPayload } from '../payloads/user.ts';
import type { Channel, Guild, Person, PersonDetails } from '../types/people.ts';
import { bits } from '../world/permissions.ts';
import {
  announceRole,
  createChannel,
  createRole,
  deleteChannel,
  denyBot,
  inviteBot,
  kickBot,
  restrictBot,
  showOnlyTo,
} from '../world/places.ts';
import { setArchived } from '../world/threads.ts';
import { type ChannelState, type GuildState, TEXT, type World } from '../world/world.ts';
import { channelHandle } from './seen.ts';

/** What a guild's people and owners do to it. */
export function createGuildHandle(
  world: World,
  guild: GuildState,
  person: (name: string, details?: PersonDetails) => Person,
): Guild {
  const place = ({ id }: Channel): ChannelState => {
    const channel = world.channels.get(id);
    if (!channel || channel.guildId !== guild.id)
      throw new Error(`${guild.name} has no channel ${id}`);
    return channel;
  };
  const roleOf = (name: string) =>
    [...guild.roles.values()].find((role) => role.name === name) ?? createRole(world, guild, name);
  return {
    id: guild.id,
    name: guild.name,
    owner: person(world.users.get(guild.ownerId)?.name ?? ''),
    channel: (name) => {
      const found = [...world.channels.values()].find(
        (one) => one.guildId === guild.id && one.type === TEXT && one.name === name && !one.deleted,
      );
      return channelHandle(found ?? createChannel(world, guild, name));
    },
    member: (name, details = {}) => {
      const { roles = [], ...known } = details;
      const who = person(name, known);
      const ids = roles.map((role) => roleOf(role).id);
      const member = guild.members.get(who.id);
      if (!member) {
        const joinedAt = world.clock.now();
        guild.members.set(who.id, { roles: new Set(ids), joinedAt, nick: null });
        if (guild.botIn) {
          world.announce('GUILD_MEMBER_ADD', guild.id, () => ({
            ...memberPayload(world, guild, who.id),
            guild_id: guild.id,
          }));
        }
      } else for (const id of ids) member.roles.add(id);
      return who;
    },
    role: (name, permissions) => {
      const role = roleOf(name);
      const { id } = role;
      if (permissions) role.permissions = bits(permissions);
      if (permissions && guild.botIn) announceRole(world, guild, role);
      return { id, mention: `<@&${id}>` };
    },
    denyBot: (channel, permissions) => denyBot(world, place(channel), permissions),
    showOnlyTo: (channel, roles) =>
      showOnlyTo(
        world,
        place(channel),
        roles.map((name) => roleOf(name).id),
      ),
    restrictBot: (permissions) => restrictBot(world, guild, permissions),
    deleteChannel: (channel) => deleteChannel(world, place(channel)),
    archive: (thread, { locked = false } = {}) => setArchived(world, place(thread), true, locked),
    unarchive: (thread) => setArchived(world, place(thread), false, false),
    kickBot: () => kickBot(world, guild),
    inviteBot: () => inviteBot(world, guild),
    outage: () => {
      world.announce('GUILD_DELETE', guild.id, () => ({ id: guild.id, unavailable: true }));
      guild.available = false;
    },
    recover: () => {
      guild.available = true;
      world.announce('GUILD_CREATE', guild.id, () => guildCreatePayload(world, guild));
    },
  };
}
