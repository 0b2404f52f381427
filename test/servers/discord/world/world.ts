import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { APIMessage } from 'discord.js';
import type { DiscordOptions } from '../types/options.ts';
import type { Violation } from '../types/server.ts';
import { type Clock, createClock, createSnowflakes } from './clock.ts';

export type UserState = {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
  locale: string;
  installed: boolean;
  refusesDms: boolean;
};

export type RoleState = {
  readonly id: string;
  readonly name: string;
  permissions: bigint;
  /** The bot whom Discord made the role for. */
  readonly botId: string | undefined;
};

export type GuildState = {
  readonly id: string;
  readonly name: string;
  readonly locale: string;
  readonly ownerId: string;
  readonly members: Map<
    string,
    { readonly roles: Set<string>; readonly joinedAt: number; nick: string | null }
  >;
  readonly roles: Map<string, RoleState>;
  readonly botRoleId: string;
  botIn: boolean;
  available: boolean;
};

export type Overwrite = { readonly id: string; readonly type: 0 | 1; allow: bigint; deny: bigint };

export type ThreadState = {
  readonly ownerId: string;
  readonly members: Map<string, number>;
  readonly startedAt: number;
  autoArchiveMinutes: number;
  archived: boolean;
  archivedAt: number;
  locked: boolean;
};

/** Discord's channel types that exist here. */
export const TEXT = 0;
export const DM = 1;
export const GROUP = 3;
export const PUBLIC_THREAD = 11;
export const PRIVATE_THREAD = 12;

/** Discord's message types that nobody wrote. */
export const THREAD_CREATED = 18;
export const THREAD_STARTER = 21;

export type ChannelState = {
  readonly id: string;
  readonly type: number;
  name: string;
  readonly guildId: string | undefined;
  readonly parentId: string | undefined;
  /** Of direct messages and groups: the people in it. */
  readonly recipients: readonly string[];
  readonly overwrites: Map<string, Overwrite>;
  readonly thread: ThreadState | undefined;
  topic: string | null;
  deleted: boolean;
  typed: number;
};

export type MessageState = {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly createdAt: number;
  readonly type: number;
  readonly nonce: string | number | undefined;
  readonly replyTo: string | undefined;
  /** Of the message that announces a thread in its parent channel. */
  readonly announces: string | undefined;
  readonly interaction: InteractionOrigin | undefined;
  readonly ephemeralFor: string | undefined;
  content: string;
  embeds: APIMessage['embeds'];
  components: NonNullable<APIMessage['components']>;
  attachments: AttachmentState[];
  flags: number;
  mentions: string[];
  mentionRoles: string[];
  mentionEveryone: boolean;
  editedAt: number | undefined;
  threadId: string | undefined;
  deleted: boolean;
  readonly versions: {
    readonly atMs: number;
    readonly flags: number;
    readonly payload: APIMessage;
  }[];
};

export type AttachmentState = {
  readonly id: string;
  readonly filename: string;
  readonly text: string;
};

/** What Discord tells of the interaction that a message answers. */
export type InteractionOrigin = {
  readonly id: string;
  readonly type: number;
  readonly userId: string;
  readonly owners: Readonly<Record<string, string>>;
  readonly interactedMessageId: string | undefined;
};

/** A gateway event on its way to those whom it concerns. */
export type Announcement = {
  readonly name: string;
  readonly guildId: string | undefined;
  /** Built anew for each receiver. */
  readonly data: () => Record<string, unknown>;
};

export type World = {
  readonly options: DiscordOptions;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly bot: UserState;
  readonly applicationId: string;
  readonly token: string;
  /** Where interactions are posted instead of the gateway. */
  endpoint: string | undefined;
  /** Ed25519: what Discord signs interactions over HTTP with. */
  readonly keys: KeyPairKeyObjectResult;
  readonly users: Map<string, UserState>;
  readonly guilds: Map<string, GuildState>;
  readonly channels: Map<string, ChannelState>;
  readonly messages: Map<string, MessageState>;
  /** The same messages by channel, oldest first. */
  readonly said: Map<string, MessageState[]>;
  readonly violations: Violation[];
  /** Gateway events, and `changed` after anything at all. */
  readonly events: EventEmitter<{ announce: [Announcement]; changed: [] }>;
  readonly announce: (
    name: string,
    guildId: string | undefined,
    data: () => Record<string, unknown>,
  ) => void;
  readonly changed: () => void;
};

export function createWorld(options: DiscordOptions): World {
  const clock = createClock();
  const newId = createSnowflakes(clock);
  const bot: UserState = {
    id: newId(),
    name: options.botName ?? 'Understudy',
    bot: true,
    locale: 'en-US',
    installed: false,
    refusesDms: false,
  };
  const events: World['events'] = new EventEmitter();
  events.setMaxListeners(0);
  const applicationId = newId();
  return {
    options,
    clock,
    newId,
    bot,
    applicationId,
    token:
      options.token ?? `${Buffer.from(applicationId).toString('base64url')}.Gloop1.loopback-token`,
    endpoint: undefined,
    keys: generateKeyPairSync('ed25519'),
    users: new Map([[bot.id, bot]]),
    guilds: new Map(),
    channels: new Map(),
    messages: new Map(),
    said: new Map(),
    violations: [],
    events,
    announce: (name, guildId, data) => {
      events.emit('announce', { name, guildId, data });
      events.emit('changed');
    },
    changed: () => void events.emit('changed'),
  };
}

/** Messages of a channel that are still there, oldest first. */
export function messagesOf(world: World, channelId: string): MessageState[] {
  return (world.said.get(channelId) ?? []).filter((message) => !message.deleted);
}

/** Whether the bot, as a member, can know of this channel at all. */
export function botIsIn(world: World, channel: ChannelState): boolean {
  if (channel.guildId === undefined) return channel.type === DM && channel.recipients.length === 1;
  return world.guilds.get(channel.guildId)?.botIn === true;
}
