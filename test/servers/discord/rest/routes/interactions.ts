import { answer, type CallbackBody, respond } from '../../interactions/answering.ts';
import type { InteractionState } from '../../interactions/interactions.ts';
import type { Draft } from '../../limits/message.ts';
import { messagePayload } from '../../payloads/message.ts';
import { drafted, edit } from '../../world/drafts.ts';
import type { MessageState, World } from '../../world/world.ts';
import { LOADING, remove } from '../../world/writing.ts';
import { ApiError } from '../errors.ts';
import { type Call, type Handlers, NO_CONTENT, OK, type Rooms } from './route.ts';

/** The callback of an interaction, and the messages its token opens. */
export function interactionRoutes({ world, interactions, oldEdit }: Rooms): Handlers {
  const opened = ({ params }: Call) =>
    interactions.byToken(params['webhook_id'] ?? '', params['webhook_token'] ?? '');
  const show = (message: MessageState) => ({ status: OK, body: messagePayload(world, message) });

  const get = (call: Call) => show(named(world, opened(call), call.params['message_id']));
  const update = (call: Call) => {
    const interaction = opened(call);
    const message = named(world, interaction, call.params['message_id']);
    oldEdit(message);
    edit(world, message, call.body as Draft, call.files, call.note);
    if (message.id === interaction.originalId) interaction.pending = false;
    return show(message);
  };
  const drop = (call: Call) => {
    remove(world, [named(world, opened(call), call.params['message_id'])]);
    return NO_CONTENT;
  };
  return {
    create_interaction_response: (call) => {
      const { interaction_id: id = '', interaction_token: token = '' } = call.params;
      const interaction = interactions.byId(id, token);
      if (!interaction) throw new ApiError(10_062);
      const body = call.body as CallbackBody;
      const message = answer({ world, interactions }, interaction, body, call);
      if (call.query.get('with_response') !== 'true') return NO_CONTENT;
      return { status: OK, body: callbackPayload(world, interaction, body.type, message) };
    },
    execute_webhook: (call) => {
      const interaction = opened(call);
      const original = world.messages.get(interaction.originalId ?? '');
      if (interaction.pending && original && !original.deleted) {
        // Discord fills a deferred answer with the first follow-up.
        interaction.pending = false;
        edit(world, original, call.body as Draft, call.files, call.note);
        return show(original);
      }
      const message = respond(
        world,
        interaction,
        drafted(world, call.body as Draft, call.files, call.note),
      );
      interaction.followUps.push(message.id);
      return show(message);
    },
    get_original_webhook_message: get,
    update_original_webhook_message: update,
    delete_original_webhook_message: drop,
    get_webhook_message: get,
    update_webhook_message: update,
    delete_webhook_message: drop,
  };
}

/** One of the interaction's own messages; without an id its original. */
function named(world: World, interaction: InteractionState, id: string | undefined): MessageState {
  const wanted = id ?? interaction.originalId;
  const own = wanted === interaction.originalId || interaction.followUps.includes(wanted ?? '');
  const message = own ? world.messages.get(wanted ?? '') : undefined;
  if (!message || message.deleted) throw new ApiError(10_008);
  return message;
}

function callbackPayload(
  world: World,
  interaction: InteractionState,
  type: number,
  message: MessageState | undefined,
) {
  const shown = message && type !== 8 && type !== 9;
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      channel_id: interaction.channel.id,
      ...(interaction.channel.guildId !== undefined && { guild_id: interaction.channel.guildId }),
      ...(shown && {
        response_message_id: message.id,
        response_message_loading: (message.flags & LOADING) !== 0,
        response_message_ephemeral: message.ephemeralFor !== undefined,
      }),
    },
    // By Discord's document a deferral, too, has made a message (4) or updated one (7).
    ...(shown && {
      resource: {
        type: type === 5 ? 4 : type === 6 ? 7 : type,
        message: messagePayload(world, message),
      },
    }),
  };
}
