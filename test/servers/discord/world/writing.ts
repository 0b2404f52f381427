import type { APIMessage } from 'discord.js';
import { PermissionFlagsBits } from 'discord.js';
import type { Mentions } from '../limits/message.ts';
import { channelPayload } from '../payloads/channel.ts';
import { messageEventPayload, messagePayload } from '../payloads/message.ts';
import { visibleText } from './components.ts';
import { permissionsIn } from './permissions.ts';
import {
  type AttachmentState,
  botIsIn,
  type ChannelState,
  type InteractionOrigin,
  type MessageState,
  PRIVATE_THREAD,
  type World,
} from './world.ts';

/** What appears, changes and disappears in channels, and who hears of it. */

export type NewMessage = {
  readonly channel: ChannelState;
  readonly authorId: string;
  readonly type?: number;
  readonly content?: string;
  readonly embeds?: APIMessage['embeds'];
  readonly components?: NonNullable<APIMessage['components']>;
  readonly flags?: number;
  readonly attachments?: readonly AttachmentState[];
  readonly replyTo?: string | undefined;
  readonly announces?: string;
  readonly nonce?: string | number | undefined;
  readonly interaction?: InteractionOrigin;
  readonly ephemeralFor?: string | undefined;
  /** Undefined: everything that the text names is pinged. */
  readonly mentions?: Mentions | undefined;
};

export function post(world: World, fresh: NewMessage): MessageState {
  const message: MessageState = {
    id: world.newId(),
    channelId: fresh.channel.id,
    authorId: fresh.authorId,
    createdAt: world.clock.now(),
    type: fresh.type ?? (fresh.replyTo === undefined ? 0 : 19),
    nonce: fresh.nonce,
    replyTo: fresh.replyTo,
    announces: fresh.announces,
    interaction: fresh.interaction,
    ephemeralFor: fresh.ephemeralFor,
    content: fresh.content ?? '',
    embeds: fresh.embeds ?? [],
    components: fresh.components ?? [],
    attachments: [...(fresh.attachments ?? [])],
    flags: fresh.flags ?? 0,
    mentions: [],
    mentionRoles: [],
    mentionEveryone: false,
    editedAt: undefined,
    threadId: undefined,
    deleted: false,
    versions: [],
  };
  mention(world, message, fresh.mentions);
  world.messages.set(message.id, message);
  const said = world.said.get(message.channelId);
  if (said) said.push(message);
  else world.said.set(message.channelId, [message]);
  remember(world, message);
  wake(world, fresh.channel);
  tell(world, message, 'MESSAGE_CREATE');
  return message;
}

export type Changes = Partial<
  Pick<MessageState, 'content' | 'embeds' | 'components' | 'attachments' | 'flags'>
> & { readonly mentions?: Mentions | undefined };

export function revise(world: World, message: MessageState, changes: Changes): void {
  const { mentions, ...fields } = changes;
  const first = (message.flags & LOADING) !== 0;
  Object.assign(message, fields);
  // Filling in a deferred answer is no edit to people.
  if (!first) message.editedAt = world.clock.now();
  mention(world, message, mentions);
  remember(world, message);
  tell(world, message, 'MESSAGE_UPDATE');
}

/** "… is thinking" */
export const LOADING = 128;

export function remove(world: World, messages: readonly MessageState[]): void {
  for (const message of messages) message.deleted = true;
  const [first] = messages;
  const channel = first && world.channels.get(first.channelId);
  const heard = messages.filter((message) => message.ephemeralFor === undefined);
  if (!channel || heard.length === 0 || !hears(world, channel)) {
    world.changed();
    return;
  }
  const place = {
    channel_id: channel.id,
    ...(channel.guildId !== undefined && { guild_id: channel.guildId }),
  };
  if (heard.length === 1) {
    world.announce('MESSAGE_DELETE', channel.guildId, () => ({ id: heard[0]?.id, ...place }));
  } else {
    const ids = heard.map(({ id }) => id);
    world.announce('MESSAGE_DELETE_BULK', channel.guildId, () => ({ ids, ...place }));
  }
}

/** Whoever writes in an archived thread opens it again. */
function wake(world: World, channel: ChannelState): void {
  if (!channel.thread?.archived) return;
  channel.thread.archived = false;
  if (!hears(world, channel)) return;
  world.announce('THREAD_UPDATE', channel.guildId, () => channelPayload(world, channel));
}

/** Whether the gateway tells the bot what happens in this channel. */
export function hears(world: World, channel: ChannelState): boolean {
  if (!botIsIn(world, channel)) return false;
  if (channel.guildId === undefined) return true;
  const guild = world.guilds.get(channel.guildId);
  const has = permissionsIn(world, world.bot.id, channel);
  if (!guild?.available || !(has & PermissionFlagsBits.ViewChannel)) return false;
  if (channel.type !== PRIVATE_THREAD) return true;
  const manages = (has & PermissionFlagsBits.ManageThreads) !== 0n;
  return manages || channel.thread?.members.has(world.bot.id) === true;
}

function tell(
  world: World,
  message: MessageState,
  event: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE',
): void {
  const channel = world.channels.get(message.channelId);
  if (!channel || message.ephemeralFor !== undefined || !hears(world, channel)) {
    world.changed();
    return;
  }
  // As it is now: a later edit must not be told by an earlier event.
  const payload = messageEventPayload(world, message);
  world.announce(event, channel.guildId, () => structuredClone(payload));
}

function remember(world: World, message: MessageState): void {
  const payload = structuredClone(messagePayload(world, message));
  message.versions.push({ atMs: world.clock.now(), flags: message.flags, payload });
}

/** Whom a text pings: what it names, as far as `allowed` lets it. */
function mention(world: World, message: MessageState, allowed: Mentions | undefined): void {
  const text = visibleText({ content: message.content, components: message.components });
  const permits = (kind: 'users' | 'roles', id: string) =>
    !allowed || allowed.parse?.includes(kind) || allowed[kind]?.includes(id) || false;
  const ids = (pattern: RegExp) => [...text.matchAll(pattern)].map((found) => found[1] ?? '');
  const users = ids(/<@!?(\d+)>/g).filter((id) => world.users.has(id) && permits('users', id));
  const roles = ids(/<@&(\d+)>/g).filter((id) => permits('roles', id));
  const everyone = !allowed || allowed.parse?.includes('everyone') === true;
  const answered = message.replyTo === undefined ? undefined : world.messages.get(message.replyTo);
  const pingsAnswered = !allowed || allowed.replied_user === true;
  message.mentions = [
    ...new Set([...users, ...(answered && pingsAnswered ? [answered.authorId] : [])]),
  ];
  message.mentionRoles = [...new Set(roles)];
  message.mentionEveryone = everyone && /@(everyone|here)\b/.test(text);
}
