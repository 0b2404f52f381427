import { PermissionFlagsBits } from 'discord.js';
import type { Draft } from '../../limits/message.ts';
import { messagePayload } from '../../payloads/message.ts';
import { drafted, EPHEMERAL, edit } from '../../world/drafts.ts';
import { permissionsIn } from '../../world/permissions.ts';
import {
  type ChannelState,
  DM,
  type MessageState,
  messagesOf,
  type World,
} from '../../world/world.ts';
import { post, remove } from '../../world/writing.ts';
import { ApiError } from '../errors.ts';
import {
  type Call,
  channelFor,
  type Handlers,
  messageIn,
  NO_CONTENT,
  OK,
  type Rooms,
} from './route.ts';

type Body = Draft & {
  readonly nonce?: string | number | null;
  readonly enforce_nonce?: boolean | null;
  readonly message_reference?: {
    readonly message_id?: string;
    readonly fail_if_not_exists?: boolean | null;
  } | null;
};

/** Nonces are remembered for a few minutes. */
const NONCE_MS = 300_000;

export function messageRoutes({ world, oldEdit }: Rooms): Handlers {
  const show = (message: MessageState) => ({ status: OK, body: messagePayload(world, message) });
  return {
    list_messages: (call) => {
      const channel = channelFor(world, call);
      const readable =
        permissionsIn(world, world.bot.id, channel) & PermissionFlagsBits.ReadMessageHistory;
      const found = readable ? page(messagesOf(world, channel.id), call.query) : [];
      return { status: OK, body: found.map((message) => readableBy(world, channel, message)) };
    },
    get_message: (call) => {
      const channel = channelFor(world, call, 'ReadMessageHistory');
      const message = messageIn(world, channel, call.params['message_id']);
      return { status: OK, body: readableBy(world, channel, message) };
    },
    create_message: (call) => {
      const channel = channelFor(world, call);
      maySend(world, channel, call);
      const body = call.body as Body;
      if (((body.flags ?? 0) & EPHEMERAL) !== 0) {
        call.note(
          'limit',
          'only answers to interactions can be ephemeral: everybody sees this message',
        );
      }
      const parts = drafted(world, body, call.files, call.note);
      const replyTo = reference(world, channel, body);
      if (body.enforce_nonce && body.nonce != null) {
        const twin = world.said
          .get(channel.id)
          ?.findLast(
            (one) =>
              one.nonce === body.nonce &&
              one.authorId === world.bot.id &&
              world.clock.now() - one.createdAt < NONCE_MS,
          );
        if (twin) return show(twin);
      }
      return show(
        post(world, {
          ...parts,
          flags: parts.flags & ~EPHEMERAL,
          channel,
          authorId: world.bot.id,
          replyTo,
          nonce: body.nonce ?? undefined,
        }),
      );
    },
    update_message: (call) => {
      const channel = channelFor(world, call);
      const message = messageIn(world, channel, call.params['message_id']);
      if (message.authorId !== world.bot.id) throw new ApiError(50_005);
      if (channel.thread?.archived) throw new ApiError(50_083);
      oldEdit(message);
      edit(world, message, call.body as Draft, call.files, call.note);
      return show(message);
    },
    delete_message: (call) => {
      const channel = channelFor(world, call);
      const message = messageIn(world, channel, call.params['message_id']);
      if (message.authorId !== world.bot.id) {
        if (channel.guildId === undefined) throw new ApiError(50_001);
        channelFor(world, call, 'ManageMessages');
      }
      if (channel.thread?.archived) throw new ApiError(50_083);
      remove(world, [message]);
      return NO_CONTENT;
    },
    trigger_typing_indicator: (call) => {
      const channel = channelFor(world, call);
      maySend(world, channel, call);
      channel.typed++;
      world.changed();
      return NO_CONTENT;
    },
  };
}

/** Throws unless the bot may write there: 50007, 50013, or 50083 in a locked thread. */
function maySend(world: World, channel: ChannelState, call: Call): void {
  if (channel.type === DM) {
    const [recipient] = channel.recipients;
    if (world.users.get(recipient ?? '')?.refusesDms) throw new ApiError(50_007);
    return;
  }
  if (!channel.thread) return void channelFor(world, call, 'SendMessages');
  channelFor(world, call, 'SendMessagesInThreads');
  const { archived, locked } = channel.thread;
  const manages = permissionsIn(world, world.bot.id, channel) & PermissionFlagsBits.ManageThreads;
  if (archived && locked && !manages) throw new ApiError(50_083);
}

function reference(world: World, channel: ChannelState, body: Body): string | undefined {
  const wanted = body.message_reference?.message_id;
  if (wanted === undefined) return undefined;
  const message = world.messages.get(wanted);
  if (message && !message.deleted && message.channelId === channel.id) {
    const has = permissionsIn(world, world.bot.id, channel);
    if (!(has & PermissionFlagsBits.ReadMessageHistory)) throw new ApiError(160_002);
    return wanted;
  }
  if (body.message_reference?.fail_if_not_exists === false) return undefined;
  throw new ApiError(50_035, {
    fields: [
      {
        path: ['message_reference'],
        code: 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE',
        message: 'Unknown message',
      },
    ],
  });
}

/** Newest first, as Discord lists them. */
function page(messages: readonly MessageState[], query: URLSearchParams): MessageState[] {
  const limit = Number(query.get('limit') ?? 50);
  const shown = messages.filter((message) => message.ephemeralFor === undefined);
  const after = query.get('after');
  const before = query.get('before');
  const around = query.get('around');
  if (after !== null) {
    return shown
      .filter(({ id }) => BigInt(id) > BigInt(after))
      .slice(0, limit)
      .reverse();
  }
  if (around !== null) {
    const at = shown.findIndex(({ id }) => BigInt(id) >= BigInt(around));
    const first = Math.max(0, (at < 0 ? shown.length : at) - Math.floor(limit / 2));
    return shown.slice(first, first + limit).reverse();
  }
  const older = before === null ? shown : shown.filter(({ id }) => BigInt(id) < BigInt(before));
  return older.slice(-limit).reverse();
}

/** Without the message content intent the application reads only what was said to it. */
function readableBy(world: World, channel: ChannelState, message: MessageState) {
  const payload = messagePayload(world, message);
  if (world.options.privileged?.messageContent ?? true) return payload;
  return withoutContent(world, channel.guildId, payload);
}

/** A message as it reaches a bot without the message content intent. */
export function withoutContent<M extends { author: { id: string }; mentions: { id: string }[] }>(
  world: World,
  guildId: string | undefined,
  payload: M,
): M {
  const toBot = payload.mentions.some(({ id }) => id === world.bot.id);
  if (guildId === undefined || toBot || payload.author.id === world.bot.id) return payload;
  return { ...payload, content: '', embeds: [], attachments: [], components: [] };
}
