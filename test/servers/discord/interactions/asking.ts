import { messagePayload } from '../payloads/message.ts';
import type { Rooms } from '../rest/routes/route.ts';
import type { OptionValue } from '../types/people.ts';
import type { ShownModal } from '../types/seen.ts';
import type { CommandState } from '../world/commands.ts';
import { type Component, walk } from '../world/components.ts';
import type { ChannelState, MessageState, UserState } from '../world/world.ts';
import { createInteractionPayload, type Place } from './circumstances.ts';
import {
  AUTOCOMPLETE,
  COMMAND,
  COMPONENT,
  type InteractionState,
  MODAL_SUBMIT,
} from './interactions.ts';
import { commandData } from './invocation.ts';
import { resolved, selectsIds } from './resolved.ts';

/** Hands an interaction to the bot, by the gateway or over HTTP. */
export type Deliver = (interaction: InteractionState) => void;

/** What people do that the bot must answer. */
export type Asking = ReturnType<typeof createAsking>;

export function createAsking({ world, interactions, commands }: Rooms, deliver: Deliver) {
  const send = (
    user: UserState,
    channel: ChannelState,
    type: number,
    parts: {
      readonly data: Record<string, unknown>;
      readonly source?: MessageState | undefined;
      readonly command?: CommandState;
    },
  ): InteractionState => {
    const place: Place = { user, channel, command: parts.command, source: parts.source };
    const { fields, owners } = createInteractionPayload(world, place);
    const interaction = interactions.open({
      type,
      userId: user.id,
      channel,
      owners,
      source: parts.source,
      payload: (identity) => ({
        ...identity,
        type,
        ...fields,
        data: parts.data,
        ...(parts.source && { message: messagePayload(world, parts.source) }),
      }),
    });
    deliver(interaction);
    return interaction;
  };
  const command = (user: UserState, channel: ChannelState, name: string, type: number) => {
    const guild = world.guilds.get(channel.guildId ?? '');
    const found = commands.find(guild?.botIn ? guild.id : undefined, name, type);
    if (!found) throw new Error(`${user.name} sees no command "${name}" in ${channel.name}`);
    return found;
  };
  return {
    run: (
      user: UserState,
      channel: ChannelState,
      name: string,
      options: Readonly<Record<string, OptionValue>>,
      subcommand: string | undefined,
    ) => {
      const found = command(user, channel, name, 1);
      const data = commandData(world, asker(user, channel), found, options, { subcommand });
      return send(user, channel, COMMAND, { data, command: found });
    },
    complete: (
      user: UserState,
      channel: ChannelState,
      name: string,
      options: Readonly<Record<string, OptionValue>>,
      focused: string,
      subcommand: string | undefined,
    ) => {
      const found = command(user, channel, name, 1);
      const data = commandData(world, asker(user, channel), found, options, {
        subcommand,
        focused,
      });
      return send(user, channel, AUTOCOMPLETE, { data, command: found });
    },
    useOnMessage: (user: UserState, channel: ChannelState, name: string, target: MessageState) => {
      const found = command(user, channel, name, 3);
      const data = {
        id: found.id,
        name: found.name,
        type: 3,
        target_id: target.id,
        resolved: { messages: { [target.id]: messagePayload(world, target, false) } },
      };
      return send(user, channel, COMMAND, { data, command: found });
    },
    useComponent: (
      user: UserState,
      channel: ChannelState,
      source: MessageState,
      component: Component,
      values?: readonly string[],
    ) => {
      const data = {
        custom_id: component['custom_id'],
        component_type: component.type,
        id: component['id'],
        ...(values && { values }),
        ...resolved(
          world,
          user.id,
          channel.guildId,
          selectsIds(component.type) ? (values ?? []) : [],
        ),
      };
      return send(user, channel, COMPONENT, { data, source });
    },
    submit: (
      user: UserState,
      modal: ShownModal,
      values: Readonly<Record<string, string | readonly string[]>>,
    ) => {
      const opened = interactions.all.find(({ id }) => id === modal.interactionId);
      if (!opened || modal.userId !== user.id) throw new Error(`${user.name} sees no such modal`);
      const tree = modal.payload.components as unknown as Component[];
      const data = { custom_id: modal.customId, components: filledIn(tree, values) };
      return send(user, opened.channel, MODAL_SUBMIT, { data, source: opened.source });
    },
  };
}

const asker = ({ id }: UserState, { guildId }: ChannelState) => ({ id, guildId });

/** A modal's components as they come back: only what people can fill in, with what they filled in. */
function filledIn(
  tree: readonly Component[],
  values: Readonly<Record<string, string | readonly string[]>>,
): unknown[] {
  const inputs = new Set<unknown>();
  for (const { component } of walk(tree)) inputs.add(component['custom_id']);
  const unknown = Object.keys(values).find((name) => !inputs.has(name));
  if (unknown) throw new Error(`The modal has no input ${unknown}`);
  let id = 0;
  const fill = (component: Component): Record<string, unknown> => {
    const numbered = { type: component.type, id: ++id };
    if (component.type === 1) {
      return { ...numbered, components: (component['components'] as Component[]).map(fill) };
    }
    if (component.type === 18) {
      return { ...numbered, component: fill(component['component'] as Component) };
    }
    const customId = component['custom_id'];
    return typeof customId === 'string'
      ? { ...numbered, custom_id: customId, ...entered(component, customId, values[customId]) }
      : numbered;
  };
  return tree.map(fill);
}

function entered(
  component: Component,
  name: string,
  given: string | readonly string[] | undefined,
) {
  const required = component['required'] !== false;
  if (component.type !== 4) {
    const values = given === undefined ? [] : [given].flat();
    if (values.length === 0 && required) throw new Error(`The modal needs a choice for ${name}`);
    const offered = component['options'] as { value: string }[] | undefined;
    const wrong = values.find((value) => offered && !offered.some((one) => one.value === value));
    if (wrong !== undefined) throw new Error(`${name} does not offer ${wrong}`);
    // A group of radio buttons and a single checkbox have one value.
    return component.type === 21 ? { value: values[0] ?? null } : { values };
  }
  const value = String(given ?? component['value'] ?? '');
  if (value === '' && required) throw new Error(`The modal needs ${name}`);
  if (value.length > Number(component['max_length'] ?? 4000))
    throw new Error(`${name} is too long`);
  if (value !== '' && value.length < Number(component['min_length'] ?? 0)) {
    throw new Error(`${name} is too short`);
  }
  return { value };
}
