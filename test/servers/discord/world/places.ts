import { channelPayload } from '../payloads/channel.ts';
import { guildCreatePayload, rolePayload } from '../payloads/guild.ts';
import { bits, EVERYONE } from './permissions.ts';
import {
  type ChannelState,
  DM,
  GROUP,
  type GuildState,
  type RoleState,
  TEXT,
  type UserState,
  type World,
} from './world.ts';

/** Guilds, channels and people come into being. */

export function createUser(
  world: World,
  name: string,
  details: { readonly locale?: string; readonly bot?: boolean; readonly installed?: boolean } = {},
): UserState {
  const user: UserState = {
    id: world.newId(),
    name,
    bot: details.bot ?? false,
    locale: details.locale ?? 'en-US',
    installed: details.installed ?? false,
    refusesDms: false,
  };
  world.users.set(user.id, user);
  return user;
}

export function createGuild(
  world: World,
  name: string,
  locale: string,
  botIn: boolean,
): GuildState {
  const owner = createUser(world, `Owner of ${name}`);
  const id = world.newId();
  const botRoleId = world.newId();
  const joinedAt = world.clock.now();
  const guild: GuildState = {
    id,
    name,
    locale,
    ownerId: owner.id,
    members: new Map([[owner.id, { roles: new Set<string>(), joinedAt, nick: null }]]),
    roles: new Map<string, RoleState>([
      [id, { id, name: '@everyone', permissions: EVERYONE, botId: undefined }],
    ]),
    botRoleId,
    botIn: false,
    available: true,
  };
  world.guilds.set(id, guild);
  if (botIn) inviteBot(world, guild);
  return guild;
}

export function inviteBot(world: World, guild: GuildState): void {
  const { botRoleId } = guild;
  guild.roles.set(botRoleId, {
    id: botRoleId,
    name: world.bot.name,
    permissions: EVERYONE,
    botId: world.bot.id,
  });
  const joinedAt = world.clock.now();
  guild.members.set(world.bot.id, { roles: new Set([botRoleId]), joinedAt, nick: null });
  guild.botIn = true;
  world.announce('GUILD_CREATE', guild.id, () => guildCreatePayload(world, guild));
}

export function kickBot(world: World, guild: GuildState): void {
  world.announce('GUILD_DELETE', guild.id, () => ({ id: guild.id }));
  guild.botIn = false;
  guild.members.delete(world.bot.id);
}

export function createChannel(world: World, guild: GuildState, name: string): ChannelState {
  const channel = blank(world, { type: TEXT, name, guildId: guild.id });
  if (guild.botIn) {
    world.announce('CHANNEL_CREATE', guild.id, () => channelPayload(world, channel));
  }
  return channel;
}

export function deleteChannel(world: World, channel: ChannelState): void {
  channel.deleted = true;
  for (const thread of world.channels.values()) {
    if (thread.parentId === channel.id) thread.deleted = true;
  }
  if (!world.guilds.get(channel.guildId ?? '')?.botIn) return;
  const event = channel.thread ? 'THREAD_DELETE' : 'CHANNEL_DELETE';
  world.announce(event, channel.guildId, () => channelPayload(world, channel));
}

/** The direct messages between the bot and a person. */
export function dmChannel(world: World, userId: string): ChannelState {
  for (const channel of world.channels.values()) {
    if (channel.type === DM && channel.recipients[0] === userId) return channel;
  }
  const name = `@${world.users.get(userId)?.name ?? userId}`;
  return blank(world, { type: DM, name, recipients: [userId] });
}

export function groupChannel(world: World, userIds: readonly string[]): ChannelState {
  const name = userIds.map((id) => world.users.get(id)?.name).join(', ');
  return blank(world, { type: GROUP, name, recipients: userIds });
}

function blank(
  world: World,
  known: {
    readonly type: number;
    readonly name: string;
    readonly guildId?: string;
    readonly recipients?: readonly string[];
  },
): ChannelState {
  const channel: ChannelState = {
    id: world.newId(),
    type: known.type,
    name: known.name,
    guildId: known.guildId,
    parentId: undefined,
    recipients: known.recipients ?? [],
    overwrites: new Map(),
    thread: undefined,
    topic: null,
    deleted: false,
    typed: 0,
  };
  world.channels.set(channel.id, channel);
  return channel;
}

export function createRole(world: World, guild: GuildState, name: string): RoleState {
  const role: RoleState = { id: world.newId(), name, permissions: 0n, botId: undefined };
  guild.roles.set(role.id, role);
  if (guild.botIn) {
    world.announce('GUILD_ROLE_CREATE', guild.id, () => ({
      guild_id: guild.id,
      role: rolePayload(guild, role),
    }));
  }
  return role;
}

/** Takes permissions from the bot in one channel; [] gives them back. */
export function denyBot(world: World, channel: ChannelState, permissions: readonly string[]): void {
  const { id } = world.bot;
  if (permissions.length === 0) channel.overwrites.delete(id);
  else channel.overwrites.set(id, { id, type: 1, allow: 0n, deny: bits(permissions) });
  world.announce('CHANNEL_UPDATE', channel.guildId, () => channelPayload(world, channel));
}

/** Hides a channel from everybody but the members of these roles. */
export function showOnlyTo(world: World, channel: ChannelState, roleIds: readonly string[]): void {
  const view = bits(['ViewChannel']);
  const everyone = channel.guildId ?? '';
  channel.overwrites.set(everyone, { id: everyone, type: 0, allow: 0n, deny: view });
  for (const id of roleIds) channel.overwrites.set(id, { id, type: 0, allow: view, deny: 0n });
  world.announce('CHANNEL_UPDATE', channel.guildId, () => channelPayload(world, channel));
}

/** Takes permissions from everyone and from the bot's role in the guild; [] gives them back. */
export function restrictBot(world: World, guild: GuildState, permissions: readonly string[]): void {
  for (const id of [guild.id, guild.botRoleId]) {
    const role = guild.roles.get(id);
    if (!role) continue;
    role.permissions = EVERYONE & ~bits(permissions);
    announceRole(world, guild, role);
  }
}

export function announceRole(world: World, guild: GuildState, role: RoleState): void {
  world.announce('GUILD_ROLE_UPDATE', guild.id, () => ({
    guild_id: guild.id,
    role: rolePayload(guild, role),
  }));
}
