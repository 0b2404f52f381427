import { ComponentType } from 'discord.js';
import { rolePayload } from '../payloads/guild.ts';
import { memberPayload, userPayload } from '../payloads/user.ts';
import { permissionsIn } from '../world/permissions.ts';
import type { World } from '../world/world.ts';

/** Who and what the ids in an interaction stand for; nothing when there are none. */
export function resolved(
  world: World,
  askerId: string,
  guildId: string | undefined,
  ids: readonly string[],
): Record<string, unknown> {
  if (ids.length === 0) return {};
  const guild = world.guilds.get(guildId ?? '');
  const users = ids.flatMap((id) => world.users.get(id) ?? []);
  const channels = ids.flatMap((id) => world.channels.get(id) ?? []);
  const roles = ids.flatMap((id) => guild?.roles.get(id) ?? []);
  const members = users.filter(({ id }) => guild?.members.has(id));
  const found = {
    users: Object.fromEntries(users.map((user) => [user.id, userPayload(user)])),
    members: Object.fromEntries(
      members.map(({ id }) => {
        const { user: _, ...member } = guild ? memberPayload(world, guild, id) : { user: 0 };
        return [id, { ...member, permissions: '0' }];
      }),
    ),
    roles: Object.fromEntries(roles.map((role) => [role.id, guild && rolePayload(guild, role)])),
    channels: Object.fromEntries(
      channels.map((channel) => [
        channel.id,
        {
          id: channel.id,
          name: channel.name,
          type: channel.type,
          permissions: String(permissionsIn(world, askerId, channel)),
          ...(channel.parentId !== undefined && { parent_id: channel.parentId }),
        },
      ]),
    ),
  };
  const present = Object.entries(found).filter(([, some]) => Object.keys(some).length > 0);
  return { resolved: Object.fromEntries(present) };
}

/** Whether a select's values are ids of people, roles or channels. */
export function selectsIds(type: number): boolean {
  return type >= ComponentType.UserSelect && type <= ComponentType.ChannelSelect;
}
