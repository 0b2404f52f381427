import type { Core } from '../core.ts';
import { channelType, emit } from '../events.ts';
import { post, remove, rewrite } from '../messages.ts';
import { seal } from '../streams.ts';
import {
  type Channel,
  directMessage,
  type StoredMessage,
  type StoredView,
  type Team,
} from '../team.ts';
import type { Message, Person, View } from '../types.ts';
import { viewJson } from '../views.ts';
import { messageEvent } from '../wire.ts';
import { lookAt, openAssistant } from './assistant.ts';
import { stateOf } from './forms.ts';
import { act, close, command, findControl, type Place, shortcut, submit } from './interactions.ts';
import { escaped, richText } from './typing.ts';

/** A person of a workspace, at the keyboard. */
export function createPerson(core: Core, team: Team, id: string): Person {
  const spec = team.users.get(id);
  if (spec === undefined) throw new Error(`${id} is nobody in ${team.id}.`);

  const dm = directMessage(team, id);
  const says: Person['says'] = ({ channel: channelId, text, thread_ts }) => {
    const channel = channelOf(team, channelId);
    if (channel.archived) throw new Error(`${channelId} is archived: nobody can write there.`);
    if (!channel.members.has(id)) throw new Error(`${id} is not in ${channelId}.`);
    const message = post(core, team, channel, {
      user: id,
      text: escaped(text),
      thread_ts: thread_ts === undefined ? undefined : rootOf(channel, thread_ts),
      blocks: [richText(text)],
      client_msg_id: core.ids.uuid(),
    });
    mention(core, team, channel, message);
    return message;
  };
  const placeOf = (where: Message | View): Place => {
    if (!('ts' in where)) return { view: where as StoredView };
    return { channel: channelOf(team, where.channel), message: where as StoredMessage };
  };
  const press = async (where: Message | View, actionId: string, value?: string) => {
    const place = placeOf(where);
    const control = findControl(place, actionId);
    const pressed = { text: control['text'], value: value ?? control['value'] };
    return act(core, team, id, place, control, pressed);
  };
  const top = () => team.modals.get(id)?.at(-1);
  const topOrThrow = (): StoredView => {
    const view = top();
    if (view === undefined) throw new Error(`No modal is open for ${id}.`);
    return view;
  };

  return {
    id,
    locale: spec.locale ?? 'en-US',
    dm: dm.id,
    says,
    mentions: (said) => says({ ...said, text: `<@${team.bot.user}> ${said.text}` }),
    dms: (text, thread_ts) =>
      says({ channel: dm.id, text, ...(thread_ts === undefined ? {} : { thread_ts }) }),
    edits: (message, text) => {
      const channel = channelOf(team, message.channel);
      rewrite(core, team, channel, message as StoredMessage, (it) => {
        it.text = escaped(text);
        it.blocks = [richText(text)];
        it.edited = { user: id, ts: core.ids.ts() };
      });
    },
    deletes: (message) => {
      remove(core, team, channelOf(team, message.channel), message as StoredMessage);
    },
    reacts: (message, name) => {
      (message as StoredMessage).reactions.push({ name, user: id });
      emit(core, team, 'reaction_added', {
        type: 'reaction_added',
        user: id,
        reaction: name,
        item: { type: 'message', channel: message.channel, ts: message.ts },
        item_user: message.user,
        event_ts: core.ids.ts(),
      });
    },
    presses: (where, actionId, { value } = {}) => press(where, actionId, value),
    rates: async (message, verdict, actionId) => {
      const place = placeOf(message);
      const wanted = actionId ?? feedbackOf(message);
      const control = findControl(place, wanted);
      const chosen = control[`${verdict}_button`] as Readonly<Record<string, unknown>>;
      return act(core, team, id, place, control, { text: chosen['text'], value: chosen['value'] });
    },
    chooses: async (where, actionId, values) => {
      const place = placeOf(where);
      const control = findControl(place, actionId);
      return act(core, team, id, place, control, stateOf(control, values));
    },
    modal: top,
    submits: async (values = {}) => submit(core, team, topOrThrow(), values),
    closesModal: async () => close(core, team, topOrThrow()),
    runs: async (name, text, where) =>
      command(core, team, id, channelOf(team, where?.channel ?? dm.id), name, text),
    shortcuts: async (callbackId, message) => {
      const channel = channelOf(team, message.channel);
      return shortcut(core, team, id, callbackId, { channel, message: message as StoredMessage });
    },
    globalShortcut: (callbackId) => shortcut(core, team, id, callbackId, undefined),
    opensHome: (tab = 'home') => {
      const home = team.homes.get(id);
      emit(core, team, 'app_home_opened', {
        type: 'app_home_opened',
        user: id,
        channel: dm.id,
        tab,
        ...(home === undefined ? {} : { view: viewJson(core, team, home) }),
        event_ts: core.ids.ts(),
      });
    },
    opensAssistant: (context) => openAssistant(core, team, id, dm, context?.channel),
    looksAt: (thread, { channel }) => lookAt(core, team, id, thread, channel),
    stopsStream: (message) => {
      const stored = message as StoredMessage;
      const { stream } = stored;
      if (stream?.state !== 'in_progress') throw new Error('It does not stream.');
      const channel = channelOf(team, message.channel);
      stream.stoppedByUser = true;
      seal(core, team, channel, stored, stream, []);
      emit(core, team, 'agent_session_stopped', {
        type: 'agent_session_stopped',
        channel: channel.id,
        user: id,
        thread_ts: message.thread_ts ?? message.ts,
        streaming_message_ts: [message.ts],
        event_ts: core.ids.ts(),
      });
    },
    invitesBot: (channelId) => move(core, team, id, channelOf(team, channelId), true),
    removesBot: (channelId) => move(core, team, id, channelOf(team, channelId), false),
    ephemerals: (channel) =>
      team.ephemerals.filter(
        (it) => !it.deleted && it.ephemeralTo === id && (channel ?? it.channel) === it.channel,
      ),
  };
}

function channelOf(team: Team, id: string): Channel {
  const channel = team.channels.get(id);
  if (channel === undefined) throw new Error(`There is no channel ${id}.`);
  return channel;
}

/** Replies go under the first message of a thread, whichever of its messages is named. */
function rootOf(channel: Channel, ts: string): string {
  const named = channel.byTs.get(ts);
  if (named === undefined) throw new Error(`There is no message ${ts} in ${channel.id}.`);
  return named.thread_ts ?? named.ts;
}

/** A mention of the bot comes as an event of its own besides the message; in direct messages it does not. */
export function mention(core: Core, team: Team, channel: Channel, message: StoredMessage): void {
  const heard = channel.kind !== 'im' && channel.members.has(team.bot.user);
  if (!heard || !message.text.includes(`<@${team.bot.user}>`)) return;
  const { channel_type: _type, ...event } = messageEvent(core, team, channel, message);
  emit(core, team, 'app_mention', { ...event, type: 'app_mention' });
}

function feedbackOf(message: Message): string {
  const found = message.blocks
    .flatMap((block) => (block['elements'] ?? []) as readonly Readonly<Record<string, unknown>>[])
    .find((element) => element['type'] === 'feedback_buttons');
  if (found === undefined) throw new Error('There are no feedback buttons on this message.');
  return String(found['action_id']);
}

function move(core: Core, team: Team, by: string, channel: Channel, comes: boolean): void {
  const { user } = team.bot;
  if (comes) channel.members.add(user);
  else channel.members.delete(user);
  if (comes) {
    // It names the bot as a mention does, and is none.
    post(core, team, channel, {
      user,
      text: `<@${user}> has joined the channel`,
      subtype: 'channel_join',
    });
  }
  const kind = comes ? 'member_joined_channel' : 'member_left_channel';
  emit(core, team, kind, {
    type: kind,
    user,
    channel: channel.id,
    channel_type: channelType(channel.kind) === 'group' ? 'G' : 'C',
    team: team.id,
    ...(comes ? { inviter: by } : {}),
    event_ts: core.ids.ts(),
  });
}
