import type { APIModalInteractionResponseCallbackData } from 'discord.js';
import { modalErrors } from '../limits/components.ts';
import { characters, type Draft } from '../limits/message.ts';
import { ApiError, type FieldError, limitBroken } from '../rest/errors.ts';
import type { Call, Rooms } from '../rest/routes/route.ts';
import type { Choice, ShownModal } from '../types/seen.ts';
import type { Component } from '../world/components.ts';
import { drafted, EPHEMERAL, edit, type Note, type Upload } from '../world/drafts.ts';
import type { MessageState, World } from '../world/world.ts';
import { LOADING, post } from '../world/writing.ts';
import {
  AUTOCOMPLETE,
  COMMAND,
  COMPONENT,
  type InteractionState,
  type Interactions,
  MODAL_SUBMIT,
} from './interactions.ts';

/** Discord's interaction callback types. */
const MESSAGE = 4;
const DEFERRED = 5;
const DEFERRED_UPDATE = 6;
const UPDATE = 7;
const CHOICES = 8;
const MODAL = 9;

export type CallbackBody = {
  readonly type: number;
  readonly data?: Record<string, unknown> | null;
};

/** The bot's first answer to an interaction, in time and only once. Returns the message it made or changed. */
export function answer(
  { world, interactions }: Pick<Rooms, 'world' | 'interactions'>,
  interaction: InteractionState,
  body: CallbackBody,
  { files, note, atMs }: Pick<Call, 'files' | 'note' | 'atMs'>,
): MessageState | undefined {
  if (interaction.acknowledgement) {
    // Whoever lost the answer to a fault has to try again.
    throw new ApiError(40_060, interaction.answerLost ? {} : { violation: 'answered-twice' });
  }
  if (atMs - interaction.createdAt > (world.options.interactionDeadlineMs ?? 3000)) {
    throw new ApiError(10_062, { violation: 'late-answer' });
  }
  suits(interaction, body.type);
  return effect(world, interactions, interaction, body, files, note);
}

function effect(
  world: World,
  interactions: Interactions,
  interaction: InteractionState,
  { type, data }: CallbackBody,
  files: readonly Upload[],
  note: Note,
): MessageState | undefined {
  const draft = (data ?? {}) as Draft;
  switch (type) {
    case MESSAGE: {
      const message = respond(world, interaction, drafted(world, draft, files, note));
      interaction.originalId = message.id;
      settle(world, interaction, {
        kind: 'message',
        ephemeral: message.ephemeralFor !== undefined,
      });
      return message;
    }
    case DEFERRED: {
      const flags = ((draft.flags ?? 0) & EPHEMERAL) | LOADING;
      const message = respond(world, interaction, { flags, mentions: { parse: [] } });
      interaction.originalId = message.id;
      interaction.pending = true;
      settle(world, interaction, {
        kind: 'deferred',
        ephemeral: message.ephemeralFor !== undefined,
      });
      return message;
    }
    case UPDATE: {
      const { source } = interaction;
      if (!source || source.deleted) throw new ApiError(10_008);
      edit(world, source, draft, files, note);
      interaction.originalId = source.id;
      settle(world, interaction, { kind: 'update' });
      return source;
    }
    case DEFERRED_UPDATE:
      interaction.originalId = interaction.source?.id;
      settle(world, interaction, { kind: 'deferred-update' });
      return interaction.source;
    case CHOICES: {
      const choices = ((data?.['choices'] ?? []) as Choice[]).map(({ name, value }) => ({
        name,
        value,
      }));
      const errors = choiceErrors(choices);
      if (errors.length > 0) throw limitBroken(errors);
      settle(world, interaction, { kind: 'autocomplete', choices });
      return undefined;
    }
    default: {
      const payload = data as unknown as APIModalInteractionResponseCallbackData;
      const errors = modalErrors(payload.components as unknown as Component[]);
      if (errors.length > 0) throw limitBroken(errors);
      const modal: ShownModal = {
        userId: interaction.userId,
        interactionId: interaction.id,
        customId: payload.custom_id,
        title: payload.title,
        payload: structuredClone(payload),
      };
      interactions.modals.push(modal);
      settle(world, interaction, { kind: 'modal', modal });
      return undefined;
    }
  }
}

function settle(
  world: World,
  interaction: InteractionState,
  acknowledgement: NonNullable<InteractionState['acknowledgement']>,
): void {
  interaction.answeredAt = world.clock.now();
  interaction.settle(acknowledgement);
}

/** A message that answers an interaction, in its channel. */
export function respond(
  world: World,
  interaction: InteractionState,
  parts: { readonly flags: number } & Partial<ReturnType<typeof drafted>>,
): MessageState {
  const ephemeral = (parts.flags & EPHEMERAL) !== 0;
  const reply = interaction.originalId ?? interaction.source?.id;
  return post(world, {
    ...parts,
    channel: interaction.channel,
    authorId: world.bot.id,
    type: reply === undefined ? answerType(interaction) : 19,
    replyTo: reply,
    ephemeralFor: ephemeral ? interaction.userId : undefined,
    interaction: {
      id: interaction.id,
      type: interaction.type,
      userId: interaction.userId,
      owners: interaction.owners,
      interactedMessageId: interaction.source?.id,
    },
  });
}

/** Discord's message types: answers to slash commands and to context menus look different. */
function answerType({ type, payload }: InteractionState): number {
  if (type !== COMMAND || !('data' in payload) || !payload.data) return 0;
  return 'type' in payload.data && payload.data.type === 1 ? 20 : 23;
}

/** Which answers suit which interactions. */
function suits(interaction: InteractionState, type: number): void {
  const fits =
    type === CHOICES
      ? interaction.type === AUTOCOMPLETE
      : type === MODAL
        ? interaction.type === COMMAND || interaction.type === COMPONENT
        : type === UPDATE || type === DEFERRED_UPDATE
          ? (interaction.type === COMPONENT || interaction.type === MODAL_SUBMIT) &&
            interaction.source !== undefined
          : (type === MESSAGE || type === DEFERRED) && interaction.type !== AUTOCOMPLETE;
  if (fits) return;
  const message = `a response of type ${type} does not suit an interaction of type ${interaction.type}`;
  throw limitBroken([{ path: ['type'], code: 'INTERACTION_RESPONSE_TYPE_INVALID', message }]);
}

function choiceErrors(choices: readonly Choice[]): FieldError[] {
  const errors: FieldError[] = [];
  const wrong = (index: number, field: string, value: string) => {
    const length = characters(value);
    if (length >= 1 && length <= 100) return;
    const path = ['data', 'choices', index, field];
    errors.push({
      path,
      code: 'BASE_TYPE_BAD_LENGTH',
      message: 'Must be between 1 and 100 in length.',
    });
  };
  if (choices.length > 25) {
    const message = 'Must be 25 or fewer in length.';
    errors.push({ path: ['data', 'choices'], code: 'BASE_TYPE_MAX_LENGTH', message });
  }
  for (const [index, { name, value }] of choices.entries()) {
    wrong(index, 'name', name);
    if (typeof value === 'string') wrong(index, 'value', value);
  }
  return errors;
}
