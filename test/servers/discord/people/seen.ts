import type { Channel } from '../types/people.ts';
import type { SeenMessage } from '../types/seen.ts';
import { type Component, controlsOf, visibleText } from '../world/components.ts';
import type { ChannelState, MessageState, World } from '../world/world.ts';
import { LOADING } from '../world/writing.ts';

/** A message as people see it, now: nothing in it changes afterwards. */
export function seen(world: World, message: MessageState): SeenMessage {
  const author = world.users.get(message.authorId);
  return {
    id: message.id,
    channelId: message.channelId,
    author: { id: message.authorId, name: author?.name ?? '', bot: author?.bot ?? false },
    text: visibleText(message as Parameters<typeof visibleText>[0]),
    content: message.content,
    components: structuredClone(message.components),
    controls: controlsOf(message.components as unknown as Component[]),
    attachments: message.attachments.map(({ filename, text }) => ({ filename, text })),
    flags: message.flags,
    thinking: (message.flags & LOADING) !== 0,
    ephemeralFor: message.ephemeralFor,
    deleted: message.deleted,
    replyTo: message.replyTo,
    pinged: [
      ...message.mentions,
      ...message.mentionRoles,
      ...(message.mentionEveryone ? ['everyone'] : []),
    ],
    versions: message.versions.map(({ atMs, flags, payload }) => ({
      atMs,
      flags,
      payload,
      text: visibleText(payload as Parameters<typeof visibleText>[0]),
    })),
  };
}

export function channelHandle(channel: ChannelState): Channel {
  return {
    id: channel.id,
    name: channel.name,
    guildId: channel.guildId,
    parentId: channel.parentId,
    mention: `<#${channel.id}>`,
  };
}
