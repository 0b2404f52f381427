import type { APIMessage } from 'discord.js';
import type { InteractionOrigin, MessageState, World } from '../world/world.ts';
import { channelPayload } from './channel.ts';
import { iso, memberPayload, userPayload } from './user.ts';

/** A message; `quote` false leaves out what it answers, as Discord does one level down. */
export function messagePayload(world: World, message: MessageState, quote = true): APIMessage {
  const author = world.users.get(message.authorId);
  if (!author) throw new Error(`Nobody wrote message ${message.id}`);
  const guildId = world.channels.get(message.channelId)?.guildId;
  const answered = message.replyTo === undefined ? undefined : world.messages.get(message.replyTo);
  const thread = message.threadId === undefined ? undefined : world.channels.get(message.threadId);
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    author: userPayload(author),
    content: message.content,
    mentions: message.mentions.flatMap((id) => world.users.get(id) ?? []).map(userPayload),
    mention_roles: message.mentionRoles,
    mention_everyone: message.mentionEveryone,
    attachments: message.attachments.map((file) => ({
      id: file.id,
      filename: file.filename,
      size: Buffer.byteLength(file.text),
      url: `https://cdn.discordapp.com/attachments/${message.channelId}/${file.id}/${file.filename}`,
      proxy_url: `https://media.discordapp.net/attachments/${message.channelId}/${file.id}/${file.filename}`,
    })),
    embeds: message.embeds,
    components: message.components,
    timestamp: iso(message.createdAt),
    edited_timestamp: message.editedAt === undefined ? null : iso(message.editedAt),
    flags: message.flags,
    pinned: false,
    tts: false,
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(message.interaction && interactionFields(world, message, message.interaction)),
    ...(message.announces !== undefined && {
      message_reference: { type: 0, channel_id: message.announces, guild_id: guildId },
    }),
    ...(message.replyTo !== undefined && {
      message_reference: {
        type: 0,
        channel_id: answered?.channelId ?? message.channelId,
        message_id: message.replyTo,
        ...(guildId !== undefined && { guild_id: guildId }),
      },
      ...(quote && {
        referenced_message:
          answered && !answered.deleted ? messagePayload(world, answered, false) : null,
      }),
    }),
    ...(thread && quote && { thread: channelPayload(world, thread) }),
  } as unknown as APIMessage;
}

function interactionFields(world: World, message: MessageState, origin: InteractionOrigin) {
  const user = world.users.get(origin.userId);
  return {
    application_id: world.applicationId,
    webhook_id: world.applicationId,
    interaction_metadata: {
      id: origin.id,
      type: origin.type,
      ...(user && { user: userPayload(user) }),
      authorizing_integration_owners: origin.owners,
      ...(origin.type === 3 && { interacted_message_id: origin.interactedMessageId ?? message.id }),
      ...(origin.type === 5 && {
        triggering_interaction_metadata: {
          id: origin.id,
          type: 2,
          authorizing_integration_owners: origin.owners,
        },
      }),
    },
  };
}

/** What goes with MESSAGE_CREATE and MESSAGE_UPDATE in a guild. */
export function messageEventPayload(world: World, message: MessageState): Record<string, unknown> {
  const payload = messagePayload(world, message) as unknown as Record<string, unknown>;
  const channel = world.channels.get(message.channelId);
  const guild = channel?.guildId === undefined ? undefined : world.guilds.get(channel.guildId);
  if (!channel || !guild) return { ...payload, channel_type: channel?.type };
  const known = guild.members.has(message.authorId);
  const { user: _, ...member } = known
    ? memberPayload(world, guild, message.authorId)
    : { user: 0 };
  return {
    ...payload,
    guild_id: guild.id,
    channel_type: channel.type,
    ...(known && !message.interaction && { member }),
  };
}
