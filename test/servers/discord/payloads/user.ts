import type { APIUser } from 'discord.js';
import { permissionsInGuild } from '../world/permissions.ts';
import type { GuildState, UserState, World } from '../world/world.ts';

export function iso(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000+00:00');
}

/** The world as it travels: Discord's v10 objects. */
export function userPayload(user: UserState): APIUser {
  return {
    id: user.id,
    username: user.name.toLowerCase().replaceAll(/[^a-z0-9_.]+/g, '_'),
    discriminator: '0',
    global_name: user.bot ? null : user.name,
    avatar: null,
    ...(user.bot && { bot: true }),
    public_flags: 0,
    flags: 0,
    banner: null,
    accent_color: null,
    primary_guild: null,
    avatar_decoration_data: null,
  } as unknown as APIUser;
}

export function memberPayload(world: World, guild: GuildState, userId: string) {
  const member = guild.members.get(userId);
  const user = world.users.get(userId);
  if (!member || !user) throw new Error(`${userId} is no member of ${guild.name}`);
  return {
    user: userPayload(user),
    nick: member.nick,
    avatar: null,
    banner: null,
    roles: [...member.roles],
    joined_at: iso(member.joinedAt),
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
  };
}

/** A member as interactions carry it: with its permissions in the channel. */
export function interactionMemberPayload(
  world: World,
  guild: GuildState,
  userId: string,
  permissions = permissionsInGuild(world, userId, guild),
) {
  return { ...memberPayload(world, guild, userId), permissions: String(permissions) };
}
