import type { Core } from './core.ts';
import { channelType, emit, messageSubscription } from './events.ts';
import type { Channel, StoredMessage, Team } from './team.ts';
import type { Block, Version } from './types.ts';
import { visibleText } from './visible.ts';
import { messageEvent, repliesTo } from './wire.ts';

export type Draft = {
  readonly user: string;
  readonly text: string;
  readonly bot_id?: string | undefined;
  readonly thread_ts?: string | undefined;
  readonly blocks?: readonly Block[] | undefined;
  readonly attachments?: readonly unknown[] | undefined;
  readonly metadata?: unknown;
  readonly subtype?: string | undefined;
  readonly client_msg_id?: string | undefined;
  readonly ephemeralTo?: string | undefined;
  readonly broadcast?: boolean | undefined;
  readonly unfurl_links?: boolean | undefined;
  readonly unfurl_media?: boolean | undefined;
  readonly by?: Version['by'];
};

/** A message that exists and is in no channel yet. */
export function createMessage(core: Core, channel: string, draft: Draft): StoredMessage {
  const message: StoredMessage = {
    ts: core.ids.ts(),
    channel,
    thread_ts: draft.thread_ts,
    user: draft.user,
    bot_id: draft.bot_id,
    text: draft.text,
    blocks: withIds(core, draft.blocks ?? []),
    attachments: draft.attachments ?? [],
    metadata: draft.metadata,
    subtype: draft.subtype,
    client_msg_id: draft.client_msg_id,
    edited: undefined,
    deleted: false,
    ephemeralTo: draft.ephemeralTo,
    unfurl: { links: draft.unfurl_links, media: draft.unfurl_media },
    reactions: [],
    stream: undefined,
    history: [],
    broadcast: draft.broadcast ?? false,
  };
  noteVersion(core, message, draft.by ?? 'post');
  return message;
}

/** Posts to a channel and tells the app. */
export function post(core: Core, team: Team, channel: Channel, draft: Draft): StoredMessage {
  const message = createMessage(core, channel.id, draft);
  message.broadcast ||= fallsOut(channel, draft.thread_ts);
  place(channel, message);
  if (message.bot_id === team.bot.id && message.thread_ts !== undefined) {
    // An answer takes the status away, as on the platform.
    team.shownStatus.delete(`${channel.id}:${message.thread_ts}`);
  }
  announce(core, team, channel, message);
  return message;
}

export function place(channel: Channel, message: StoredMessage): void {
  channel.messages.push(message);
  channel.byTs.set(message.ts, message);
}

export function announce(core: Core, team: Team, channel: Channel, message: StoredMessage): void {
  if (!hears(core, team, channel, message)) return;
  emit(core, team, messageSubscription(channel), messageEvent(core, team, channel, message));
}

/** Changes what a message says, and tells the app. */
export function rewrite(
  core: Core,
  team: Team,
  channel: Channel,
  message: StoredMessage,
  change: (message: StoredMessage) => void,
  by: Version['by'] = 'update',
): void {
  const previous = messageEvent(core, team, channel, message);
  change(message);
  message.blocks = withIds(core, message.blocks);
  noteVersion(core, message, by);
  if (!hears(core, team, channel, message)) return;
  emit(core, team, messageSubscription(channel), {
    type: 'message',
    subtype: 'message_changed',
    message: messageEvent(core, team, channel, message),
    previous_message: previous,
    ...hidden(core, channel),
  });
}

/**
 * Takes a message away. With replies under it, it is not deleted but emptied: the app hears of a change to a
 * `tombstone`, and of the deletion only when the last reply is gone too.
 */
export function remove(core: Core, team: Team, channel: Channel, message: StoredMessage): void {
  const previous = messageEvent(core, team, channel, message);
  message.deleted = true;
  noteVersion(core, message, 'delete');
  if (!hears(core, team, channel, message)) return;
  const rest = hidden(core, channel);
  const hasReplies = repliesTo(channel, message.ts).length > 0;
  emit(core, team, messageSubscription(channel), {
    type: 'message',
    ...(hasReplies
      ? { subtype: 'message_changed', message: messageEvent(core, team, channel, message) }
      : { subtype: 'message_deleted', deleted_ts: message.ts }),
    previous_message: previous,
    ...rest,
  });
  const root = message.thread_ts === undefined ? undefined : channel.byTs.get(message.thread_ts);
  if (root?.deleted === true && root !== message && !hasReplies)
    closeGrave(core, team, channel, root);
}

function closeGrave(core: Core, team: Team, channel: Channel, root: StoredMessage): void {
  if (repliesTo(channel, root.ts).length > 0) return;
  emit(core, team, messageSubscription(channel), {
    type: 'message',
    subtype: 'message_deleted',
    deleted_ts: root.ts,
    previous_message: messageEvent(core, team, channel, root),
    ...hidden(core, channel),
  });
}

/** A reply to a message that is gone, and has no thread left, falls into the channel. */
export function fallsOut(channel: Channel, threadTs: string | undefined): boolean {
  if (threadTs === undefined) return false;
  const root = channel.byTs.get(threadTs);
  return root?.deleted === true && repliesTo(channel, threadTs).length === 0;
}

function hidden(core: Core, channel: Channel): Readonly<Record<string, unknown>> {
  const ts = core.ids.ts();
  return {
    channel: channel.id,
    hidden: true,
    ts,
    event_ts: ts,
    channel_type: channelType(channel.kind),
  };
}

export function noteVersion(core: Core, message: StoredMessage, by: Version['by']): void {
  message.history.push({ by, text: visibleText(message), atMs: performance.now() });
  core.changes.changed();
}

function hears(core: Core, team: Team, channel: Channel, message: StoredMessage): boolean {
  if (!channel.members.has(team.bot.user)) return false;
  return core.settings.echo || message.bot_id !== team.bot.id;
}

/** Blocks and controls without an id get one, as on the platform: interactions name them. */
export function withIds(core: Core, blocks: readonly Block[]): Block[] {
  return blocks.map((block) => ({
    ...(named(core, block) as Block),
    block_id: block.block_id ?? core.ids.hex(5),
  }));
}

const CONTROLS =
  /^(button|checkboxes|.*picker|.*_input|.*_select|overflow|radio_buttons|feedback_buttons|icon_button|workflow_button)$/;

function named(core: Core, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => named(core, item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, named(core, item)]);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  const isControl = typeof copy['type'] === 'string' && CONTROLS.test(copy['type']);
  if (isControl && copy['action_id'] === undefined) copy['action_id'] = core.ids.hex(5);
  return copy;
}
