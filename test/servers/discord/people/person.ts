import type { Asking } from '../interactions/asking.ts';
import { userPayload } from '../payloads/user.ts';
import type { MessageRef, Person } from '../types/people.ts';
import { type Component, isSelect, walk } from '../world/components.ts';
import { attach } from '../world/drafts.ts';
import { dmChannel } from '../world/places.ts';
import { joinThread, openThread } from '../world/threads.ts';
import type { ChannelState, MessageState, UserState, World } from '../world/world.ts';
import { hears, post, remove, revise } from '../world/writing.ts';
import { channelHandle, seen } from './seen.ts';

/** A person's hands on the world. */
export function createPerson(world: World, asking: Asking, user: UserState): Person {
  const place = (id: string): ChannelState => {
    const channel = world.channels.get(id);
    if (!channel || channel.deleted) throw new Error(`${user.name} sees no channel ${id}`);
    return channel;
  };
  const inGuild = (channel: ChannelState, id: string) =>
    channel.guildId === undefined
      ? channel.recipients.includes(id)
      : world.guilds.get(channel.guildId)?.members.has(id) === true;
  const visible = (ref: MessageRef): MessageState => {
    const message = world.messages.get(ref.id);
    const hidden = message?.ephemeralFor !== undefined && message.ephemeralFor !== user.id;
    if (!message || message.deleted || hidden)
      throw new Error(`${user.name} sees no message ${ref.id}`);
    return message;
  };
  const own = (ref: MessageRef): MessageState => {
    const message = visible(ref);
    if (message.authorId !== user.id) throw new Error(`${user.name} did not write ${ref.id}`);
    return message;
  };
  const use = (
    ref: MessageRef,
    which: string | RegExp,
    select: boolean,
    values?: readonly string[],
  ) => {
    const message = visible(ref);
    const component = control(message, which, select, user.name);
    if (values) offered(component, values);
    return asking.useComponent(user, place(message.channelId), message, component, values).asked;
  };
  return {
    id: user.id,
    name: user.name,
    mention: `<@${user.id}>`,
    dm: () => channelHandle(dmChannel(world, user.id)),
    says: ({ channel, content, replyTo, ping = true, attachments = [] }) => {
      const there = place(channel.id);
      if (there.thread) {
        // Whoever speaks in a thread, or is named there, is in it.
        const named = [...content.matchAll(/<@!?(\d+)>/g)].map((found) => found[1] ?? '');
        for (const id of [user.id, ...named]) if (inGuild(there, id)) joinThread(world, there, id);
      } else if (!inGuild(there, user.id)) throw new Error(`${user.name} is not in ${there.name}`);
      const message = post(world, {
        channel: there,
        authorId: user.id,
        content,
        replyTo: replyTo?.id,
        attachments: attachments.map((file) => attach(world, file)),
        mentions: { parse: ['users', 'roles', 'everyone'], replied_user: ping },
      });
      return seen(world, message);
    },
    edits: (ref, content) => {
      const message = own(ref);
      revise(world, message, { content, mentions: { parse: ['users', 'roles', 'everyone'] } });
      return seen(world, message);
    },
    deletes: (refs) =>
      remove(
        world,
        [refs].flat().map((ref) => own(ref as MessageRef)),
      ),
    types: (channel) => {
      const there = place(channel.id);
      if (!hears(world, there)) return;
      world.announce('TYPING_START', there.guildId, () => ({
        channel_id: there.id,
        user_id: user.id,
        timestamp: Math.floor(world.clock.now() / 1000),
        ...(there.guildId !== undefined && { guild_id: there.guildId }),
        ...(there.guildId === undefined && { user: userPayload(user) }),
      }));
    },
    runs: ({ channel, command, options = {}, subcommand }) =>
      asking.run(user, place(channel.id), command, options, subcommand).asked,
    completes: async ({ channel, command, option, typed, options = {}, subcommand }) => {
      const all = { ...options, [option]: typed };
      const asked = asking.complete(user, place(channel.id), command, all, option, subcommand);
      const answer = await asked.asked.acknowledged;
      return answer.kind === 'autocomplete' ? answer.choices : [];
    },
    usesMessageCommand: ({ command, message }) => {
      const target = visible(message);
      return asking.useOnMessage(user, place(target.channelId), command, target).asked;
    },
    presses: (ref, button) => use(ref, button, false),
    selects: (ref, select, values) => use(ref, select, true, values),
    submits: (modal, values) => asking.submit(user, modal, values).asked,
    opensThread: ({ channel, name, from, private: hidden = false }) => {
      const thread = openThread(world, {
        parent: place(channel.id),
        name,
        ownerId: user.id,
        from: from && visible(from),
        hidden,
      });
      return channelHandle(thread);
    },
    refusesDms: (refuse) => {
      user.refusesDms = refuse;
    },
  };
}

/** The button or select of that custom id or label. */
function control(
  message: MessageState,
  which: string | RegExp,
  select: boolean,
  who: string,
): Component {
  const is = (value: unknown) =>
    typeof value === 'string' && (typeof which === 'string' ? value === which : which.test(value));
  const name = (component: Component) =>
    component['label'] ??
    component['placeholder'] ??
    (component['emoji'] as { name?: string } | undefined)?.name;
  for (const { component } of walk(message.components as unknown as Component[])) {
    if (select ? !isSelect(component) : component.type !== 2 || component['url']) continue;
    if (!is(component['custom_id']) && !is(name(component))) continue;
    if (component['disabled']) throw new Error(`${who} cannot use ${which}: it is disabled`);
    return component;
  }
  throw new Error(`${who} sees no ${select ? 'select' : 'button'} ${which} on ${message.id}`);
}

function offered(component: Component, values: readonly string[]): void {
  const options = component['options'] as { value: string }[] | undefined;
  const wrong = values.find((value) => options && !options.some((one) => one.value === value));
  if (wrong !== undefined) throw new Error(`The select does not offer ${wrong}`);
  const least = Number(component['min_values'] ?? 1);
  const most = Number(component['max_values'] ?? 1);
  if (values.length < least || values.length > most) {
    throw new Error(`The select takes ${least} to ${most} values`);
  }
}
