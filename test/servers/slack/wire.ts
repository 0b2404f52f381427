import type { Core } from './core.ts';
import { channelType } from './events.ts';
import type { Channel, StoredMessage, Team } from './team.ts';
import type { UserSpec } from './types.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A message as `conversations.history`, interactions and events show it. */
export function messageJson(core: Core, team: Team, message: StoredMessage): Json {
  if (message.deleted) return tombstone(message);
  const isBot = message.bot_id !== undefined;
  return {
    ...(message.subtype === undefined ? {} : { subtype: message.subtype }),
    user: message.user,
    type: 'message',
    ts: message.ts,
    ...(message.client_msg_id === undefined ? {} : { client_msg_id: message.client_msg_id }),
    ...(isBot
      ? { bot_id: message.bot_id, bot_profile: botProfile(core, team, message.bot_id ?? '') }
      : {}),
    ...(message.bot_id === team.bot.id ? { app_id: core.app.id } : {}),
    text: message.text,
    team: team.id,
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    ...(message.edited === undefined ? {} : { edited: message.edited }),
    ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
    ...(message.attachments.length === 0 ? {} : { attachments: message.attachments }),
    ...(message.stream === undefined ? {} : { streaming_state: message.stream.state }),
    ...(message.reactions.length === 0 ? {} : { reactions: reactionsJson(message) }),
  };
}

/** What is left of a deleted message while its thread goes on. */
function tombstone(message: StoredMessage): Json {
  return {
    subtype: 'tombstone',
    text: 'This message was deleted.',
    user: 'USLACKBOT',
    hidden: true,
    type: 'message',
    ts: message.ts,
    thread_ts: message.thread_ts ?? message.ts,
  };
}

/** The same with what its thread adds, as the history methods give it. */
export function historyJson(
  core: Core,
  team: Team,
  channel: Channel,
  message: StoredMessage,
  metadata: boolean,
): Json {
  const replies = repliesTo(channel, message.ts);
  const last = replies.at(-1);
  const root = message.thread_ts === undefined ? undefined : channel.byTs.get(message.thread_ts);
  return {
    ...messageJson(core, team, message),
    ...(metadata && message.metadata !== undefined ? { metadata: message.metadata } : {}),
    ...(root === undefined || root === message ? {} : { parent_user_id: root.user }),
    ...(last === undefined
      ? {}
      : {
          thread_ts: message.ts,
          reply_count: replies.length,
          reply_users: [...new Set(replies.map(({ user }) => user))],
          reply_users_count: new Set(replies.map(({ user }) => user)).size,
          latest_reply: last.ts,
          is_locked: false,
          subscribed: replies.some(({ user }) => user === team.bot.user),
        }),
  };
}

export function repliesTo(channel: Channel, ts: string): StoredMessage[] {
  return channel.messages.filter(
    (message) => message.thread_ts === ts && message.ts !== ts && !message.deleted,
  );
}

function botProfile(core: Core, team: Team, botId: string): Json {
  return {
    id: botId,
    deleted: false,
    name: botId === team.bot.id ? core.app.name : botId.toLowerCase(),
    updated: 1_700_000_000,
    app_id: botId === team.bot.id ? core.app.id : 'A0OTHER',
    icons: {},
    team_id: team.id,
  };
}

function reactionsJson(message: StoredMessage): readonly Json[] {
  const names = [...new Set(message.reactions.map(({ name }) => name))];
  return names.map((name) => {
    const users = message.reactions.filter((one) => one.name === name).map(({ user }) => user);
    return { name, users, count: users.length };
  });
}

export function channelJson(team: Team, channel: Channel): Json {
  const isIm = channel.kind === 'im';
  return {
    id: channel.id,
    ...(isIm ? { user: channel.with } : { name: channel.name, name_normalized: channel.name }),
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: isIm,
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'public',
    is_archived: channel.archived,
    is_member: channel.members.has(team.bot.user),
    is_general: channel.name === 'general',
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    created: 1_700_000_000,
    context_team_id: team.id,
    ...(isIm ? {} : { topic: { value: '', creator: '', last_set: 0 } }),
    ...(isIm ? {} : { purpose: { value: '', creator: '', last_set: 0 } }),
  };
}

export function userJson(core: Core, team: Team, user: UserSpec, withLocale: boolean): Json {
  const name = user.name ?? user.id.toLowerCase();
  return {
    id: user.id,
    team_id: team.id,
    name,
    deleted: false,
    real_name: name,
    tz: 'Europe/Berlin',
    tz_label: 'Central European Time',
    tz_offset: 3_600,
    profile: { real_name: name, display_name: name, team: team.id },
    is_admin: user.isAdmin ?? false,
    is_owner: false,
    is_bot: user.isBot ?? false,
    is_app_user: false,
    updated: 1_700_000_000,
    ...(withLocale ? { locale: user.locale ?? 'en-US' } : {}),
    ...(user.isBot === true
      ? { profile: { real_name: name, bot_id: botIdOf(team, user.id), api_app_id: core.app.id } }
      : {}),
  };
}

export function botIdOf(team: Team, user: string): string {
  return user === team.bot.user ? team.bot.id : `B${user.slice(1)}`;
}

/** A message as an event carries it. */
export function messageEvent(
  core: Core,
  team: Team,
  channel: Channel,
  message: StoredMessage,
): Json {
  const root = message.thread_ts === undefined ? undefined : channel.byTs.get(message.thread_ts);
  return {
    ...messageJson(core, team, message),
    ...(root === undefined || root === message ? {} : { parent_user_id: root.user }),
    channel: channel.id,
    event_ts: message.ts,
    channel_type: channelType(channel.kind),
  };
}
