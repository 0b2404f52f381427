import {
  type ChannelState,
  type MessageState,
  THREAD_STARTER,
  type World,
} from '../world/world.ts';
import { iso, userPayload } from './user.ts';

export function channelPayload(world: World, channel: ChannelState): Record<string, unknown> {
  const last = lastMessageId(world, channel.id);
  if (channel.guildId === undefined) {
    const recipients = channel.recipients.flatMap((id) => world.users.get(id) ?? []);
    return {
      id: channel.id,
      type: channel.type,
      flags: 0,
      last_message_id: last,
      recipients: recipients.map(userPayload),
      ...(channel.type === 3 && {
        name: channel.name,
        icon: null,
        owner_id: channel.recipients[0],
      }),
    };
  }
  const common = {
    id: channel.id,
    type: channel.type,
    guild_id: channel.guildId,
    name: channel.name,
    parent_id: channel.parentId ?? null,
    last_message_id: last,
    flags: 0,
    rate_limit_per_user: 0,
  };
  if (channel.thread) return { ...common, ...threadFields(world, channel) };
  return {
    ...common,
    position: 0,
    topic: channel.topic,
    nsfw: false,
    permission_overwrites: [...channel.overwrites.values()].map(({ id, type, allow, deny }) => ({
      id,
      type,
      allow: String(allow),
      deny: String(deny),
    })),
  };
}

function threadFields(world: World, { id, type, thread }: ChannelState) {
  if (!thread) return {};
  const own = thread.members.get(world.bot.id);
  const count = (world.said.get(id) ?? []).filter((one) => one.type !== THREAD_STARTER).length;
  return {
    owner_id: thread.ownerId,
    message_count: count,
    total_message_sent: count,
    member_count: thread.members.size,
    thread_metadata: {
      archived: thread.archived,
      archive_timestamp: iso(thread.archivedAt),
      auto_archive_duration: thread.autoArchiveMinutes,
      locked: thread.locked,
      create_timestamp: iso(thread.startedAt),
      ...(type === 12 && { invitable: true }),
    },
    ...(own !== undefined && { member: threadMemberPayload(id, world.bot.id, own) }),
  };
}

export function threadMemberPayload(threadId: string, userId: string, joinedAt: number) {
  return { id: threadId, user_id: userId, join_timestamp: iso(joinedAt), flags: 1 };
}

function lastMessageId(world: World, channelId: string): string | null {
  const shown = (message: MessageState) => message.ephemeralFor === undefined;
  return world.said.get(channelId)?.findLast(shown)?.id ?? null;
}
