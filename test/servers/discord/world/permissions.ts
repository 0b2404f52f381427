import { PermissionFlagsBits } from 'discord.js';
import { ApiError } from '../rest/errors.ts';
import {
  type ChannelState,
  type GuildState,
  type Overwrite,
  PRIVATE_THREAD,
  type World,
} from './world.ts';

export type PermissionName = keyof typeof PermissionFlagsBits;

const ALL = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

/** What a fresh server grants everyone who is in it. */
export const EVERYONE = bits([
  'ViewChannel',
  'SendMessages',
  'SendMessagesInThreads',
  'ReadMessageHistory',
  'CreatePublicThreads',
  'CreatePrivateThreads',
  'EmbedLinks',
  'AttachFiles',
  'AddReactions',
  'UseExternalEmojis',
  'UseApplicationCommands',
]);

export function bits(names: readonly string[]): bigint {
  return names.reduce((sum, name) => {
    const bit = PermissionFlagsBits[name as PermissionName];
    if (bit === undefined) throw new Error(`Discord knows no permission "${name}"`);
    return sum | bit;
  }, 0n);
}

/** Discord's documented computation: roles, then the channel's overwrites for everyone, roles, member. */
export function permissionsIn(world: World, userId: string, channel: ChannelState): bigint {
  const guild = channel.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
  if (!guild) return channel.recipients.includes(userId) || userId === world.bot.id ? ALL : 0n;
  const member = guild.members.get(userId);
  if (!member) return 0n;
  const base = permissionsInGuild(world, userId, guild);
  if (base & PermissionFlagsBits.Administrator) return ALL;
  // A thread has no overwrites of its own.
  const place = channel.thread ? world.channels.get(channel.parentId ?? '') : channel;
  const overwrites: ReadonlyMap<string, Overwrite> = place?.overwrites ?? new Map();
  let result = base;
  const everyone = overwrites.get(guild.id);
  if (everyone) result = (result & ~everyone.deny) | everyone.allow;
  let allow = 0n;
  let deny = 0n;
  for (const role of member.roles) {
    allow |= overwrites.get(role)?.allow ?? 0n;
    deny |= overwrites.get(role)?.deny ?? 0n;
  }
  result = (result & ~deny) | allow;
  const own = overwrites.get(userId);
  if (own) result = (result & ~own.deny) | own.allow;
  // Without sight of the channel nothing else counts.
  return result & PermissionFlagsBits.ViewChannel ? result : 0n;
}

export function permissionsInGuild(world: World, userId: string, guild: GuildState): bigint {
  const member = guild.members.get(userId);
  if (!member) return 0n;
  if (guild.ownerId === userId && userId !== world.bot.id) return ALL;
  let sum = guild.roles.get(guild.id)?.permissions ?? 0n;
  for (const role of member.roles) sum |= guild.roles.get(role)?.permissions ?? 0n;
  return sum & PermissionFlagsBits.Administrator ? ALL : sum;
}

/** Throws 50001 when the bot cannot see the channel, 50013 when it sees it but may not do this. */
export function demand(
  world: World,
  channel: ChannelState,
  ...names: readonly PermissionName[]
): void {
  const has = permissionsIn(world, world.bot.id, channel);
  if (!(has & PermissionFlagsBits.ViewChannel)) throw new ApiError(50_001);
  if (channel.type === PRIVATE_THREAD && !channel.thread?.members.has(world.bot.id)) {
    if (!(has & PermissionFlagsBits.ManageThreads)) throw new ApiError(50_001);
  }
  for (const name of names) if (!(has & PermissionFlagsBits[name])) throw new ApiError(50_013);
}
