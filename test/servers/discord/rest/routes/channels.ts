import { PermissionFlagsBits } from 'discord.js';
import { channelPayload, threadMemberPayload } from '../../payloads/channel.ts';
import { permissionsIn } from '../../world/permissions.ts';
import {
  announceThread,
  joinThread,
  leaveThread,
  openThread,
  setArchived,
} from '../../world/threads.ts';
import type { ChannelState, World } from '../../world/world.ts';
import { ApiError } from '../errors.ts';
import {
  type Call,
  CREATED,
  channelFor,
  type Handlers,
  messageIn,
  NO_CONTENT,
  OK,
  type Rooms,
} from './route.ts';

type ThreadBody = {
  readonly name: string;
  readonly auto_archive_duration?: number | null;
  readonly type?: number | null;
};
type ThreadChanges = {
  readonly name?: string | null;
  readonly archived?: boolean | null;
  readonly locked?: boolean | null;
  readonly auto_archive_duration?: number | null;
};

/** Channels and threads. */
export function channelRoutes({ world }: Rooms): Handlers {
  const show = (channel: ChannelState, status = OK) => ({
    status,
    body: channelPayload(world, channel),
  });
  const archiveAfter = (minutes: number | null | undefined) =>
    minutes == null ? {} : { autoArchiveMinutes: minutes };
  return {
    get_channel: (call) => show(channelFor(world, call)),
    update_channel: (call) => {
      const channel = channelFor(world, call);
      if (!channel.thread) {
        channelFor(world, call, 'ManageChannels');
        const changes = call.body as { name?: string | null; topic?: string | null };
        if (changes.name != null) channel.name = changes.name;
        if (changes.topic !== undefined) channel.topic = changes.topic;
        world.announce('CHANNEL_UPDATE', channel.guildId, () => channelPayload(world, channel));
        return show(channel);
      }
      changeThread(world, channel, call.body as ThreadChanges);
      return show(channel);
    },
    create_thread_from_message: (call) => {
      const parent = channelFor(world, call, 'CreatePublicThreads');
      if (parent.guildId === undefined || parent.thread) throw new ApiError(50_024);
      const from = messageIn(world, parent, call.params['message_id']);
      if (from.threadId !== undefined) throw new ApiError(160_004);
      const { name, auto_archive_duration: minutes } = call.body as ThreadBody;
      const ownerId = world.bot.id;
      const thread = openThread(world, { parent, name, ownerId, from, ...archiveAfter(minutes) });
      return show(thread, CREATED);
    },
    create_thread: (call) => {
      const { name, type, auto_archive_duration: minutes } = call.body as ThreadBody;
      // Discord's default here is a private thread.
      const hidden = (type ?? 12) === 12;
      const parent = channelFor(
        world,
        call,
        hidden ? 'CreatePrivateThreads' : 'CreatePublicThreads',
      );
      if (parent.guildId === undefined || parent.thread) throw new ApiError(50_024);
      const ownerId = world.bot.id;
      const thread = openThread(world, { parent, name, ownerId, hidden, ...archiveAfter(minutes) });
      return show(thread, CREATED);
    },
    list_thread_members: (call) => ({
      status: OK,
      body: [...threadFor(world, call).thread.members].map(([id, at]) =>
        threadMemberPayload(call.params['channel_id'] ?? '', id, at),
      ),
    }),
    get_thread_member: (call) => {
      const { id, thread } = threadFor(world, call);
      const userId = call.params['user_id'] ?? '';
      const at = thread.members.get(userId);
      if (at === undefined) throw new ApiError(10_007);
      return { status: OK, body: threadMemberPayload(id, userId, at) };
    },
    join_thread: (call) => {
      const channel = threadFor(world, call);
      if (channel.thread.archived) throw new ApiError(50_083);
      joinThread(world, channel, world.bot.id);
      return NO_CONTENT;
    },
    add_thread_member: (call) => {
      const channel = threadFor(world, call, 'SendMessagesInThreads');
      if (channel.thread.archived) throw new ApiError(50_083);
      joinThread(world, channel, call.params['user_id'] ?? '');
      return NO_CONTENT;
    },
    leave_thread: (call) => {
      const channel = threadFor(world, call);
      if (channel.thread.archived) throw new ApiError(50_083);
      leaveThread(world, channel, world.bot.id);
      return NO_CONTENT;
    },
  };
}

type Thread = ChannelState & { readonly thread: NonNullable<ChannelState['thread']> };

function threadFor(
  world: World,
  call: Call,
  ...permissions: Parameters<typeof channelFor>[2][]
): Thread {
  const channel = channelFor(world, call, ...permissions);
  if (!channel.thread) throw new ApiError(50_024);
  return channel as Thread;
}

/** A thread's owner may rename and archive it; everything else is for who manages threads. */
function changeThread(world: World, channel: ChannelState, changes: ThreadChanges): void {
  const { thread } = channel;
  if (!thread) throw new ApiError(50_024);
  const manages = permissionsIn(world, world.bot.id, channel) & PermissionFlagsBits.ManageThreads;
  if (!manages && (thread.ownerId !== world.bot.id || thread.locked || changes.locked)) {
    throw new ApiError(50_013);
  }
  if (thread.archived && changes.archived !== false && changes.name != null) {
    throw new ApiError(50_083);
  }
  if (changes.name != null) channel.name = changes.name;
  if (changes.auto_archive_duration != null) {
    thread.autoArchiveMinutes = changes.auto_archive_duration;
  }
  if (changes.archived != null || changes.locked != null) {
    setArchived(
      world,
      channel,
      changes.archived ?? thread.archived,
      changes.locked ?? thread.locked,
    );
  } else announceThread(world, channel, 'THREAD_UPDATE');
}
