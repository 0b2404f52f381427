import { channelPayload, threadMemberPayload } from '../payloads/channel.ts';
import {
  type ChannelState,
  type MessageState,
  PRIVATE_THREAD,
  PUBLIC_THREAD,
  THREAD_CREATED,
  THREAD_STARTER,
  type ThreadState,
  type World,
} from './world.ts';
import { hears, post } from './writing.ts';

/** Threads: opened, joined, archived. */

export function openThread(
  world: World,
  what: {
    readonly parent: ChannelState;
    readonly name: string;
    readonly ownerId: string;
    readonly from?: MessageState | undefined;
    readonly hidden?: boolean;
    readonly autoArchiveMinutes?: number;
  },
): ChannelState {
  const now = world.clock.now();
  const thread: ChannelState = {
    // A thread on a message has the message's id.
    id: what.from?.id ?? world.newId(),
    type: what.hidden ? PRIVATE_THREAD : PUBLIC_THREAD,
    name: what.name,
    guildId: what.parent.guildId,
    parentId: what.parent.id,
    recipients: [],
    overwrites: new Map(),
    topic: null,
    deleted: false,
    typed: 0,
    thread: {
      ownerId: what.ownerId,
      members: new Map([[what.ownerId, now]]),
      startedAt: now,
      autoArchiveMinutes: what.autoArchiveMinutes ?? 4320,
      archived: false,
      archivedAt: now,
      locked: false,
    },
  };
  world.channels.set(thread.id, thread);
  if (what.from) {
    what.from.threadId = thread.id;
    what.from.flags |= 32;
  }
  announceThread(world, thread, 'THREAD_CREATE', { newly_created: true });
  const { parent, ownerId, name, from } = what;
  if (from) {
    const type = THREAD_STARTER;
    post(world, { channel: thread, authorId: from.authorId, type, replyTo: from.id, mentions: {} });
  } else if (!what.hidden) {
    const announcement = {
      type: THREAD_CREATED,
      content: name,
      announces: thread.id,
      mentions: {},
    };
    post(world, { channel: parent, authorId: ownerId, ...announcement });
  }
  return thread;
}

export function announceThread(
  world: World,
  thread: ChannelState,
  event: 'THREAD_CREATE' | 'THREAD_UPDATE',
  more: Record<string, unknown> = {},
): void {
  if (!hears(world, thread)) {
    world.changed();
    return;
  }
  const payload = { ...channelPayload(world, thread), ...more };
  world.announce(event, thread.guildId, () => structuredClone(payload));
}

export function joinThread(world: World, thread: ChannelState, userId: string): void {
  const members = membersOf(thread);
  if (members.has(userId)) return;
  members.set(userId, world.clock.now());
  // A private thread comes into being for whoever is added to it.
  if (userId === world.bot.id && thread.type === PRIVATE_THREAD) {
    announceThread(world, thread, 'THREAD_CREATE');
  }
  announceMembers(world, thread, [userId], []);
}

export function leaveThread(world: World, thread: ChannelState, userId: string): void {
  if (membersOf(thread).delete(userId)) announceMembers(world, thread, [], [userId]);
}

function membersOf(thread: ChannelState): ThreadState['members'] {
  if (!thread.thread) throw new Error(`${thread.name} is no thread`);
  return thread.thread.members;
}

function announceMembers(
  world: World,
  thread: ChannelState,
  added: readonly string[],
  removed: readonly string[],
): void {
  const members = membersOf(thread);
  const payload = {
    id: thread.id,
    guild_id: thread.guildId,
    member_count: members.size,
    added_members: added.map((id) => ({
      ...threadMemberPayload(thread.id, id, members.get(id) ?? world.clock.now()),
      presence: null,
    })),
    removed_member_ids: removed,
  };
  world.announce('THREAD_MEMBERS_UPDATE', thread.guildId, () => structuredClone(payload));
}

export function setArchived(
  world: World,
  channel: ChannelState,
  archived: boolean,
  locked = channel.thread?.locked ?? false,
): void {
  if (!channel.thread) throw new Error(`${channel.name} is no thread`);
  Object.assign(channel.thread, { archived, locked, archivedAt: world.clock.now() });
  announceThread(world, channel, 'THREAD_UPDATE');
}
