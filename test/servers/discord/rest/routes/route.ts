import type { OperationId } from '../../contract/served.ts';
import type { Interactions } from '../../interactions/interactions.ts';
import type { CommandStore } from '../../world/commands.ts';
import type { Note, Upload } from '../../world/drafts.ts';
import { demand, type PermissionName } from '../../world/permissions.ts';
import {
  botIsIn,
  type ChannelState,
  type GuildState,
  type MessageState,
  type World,
} from '../../world/world.ts';
import { ApiError } from '../errors.ts';

/** What the operations work on. */
export type Rooms = {
  readonly world: World;
  readonly interactions: Interactions;
  readonly commands: CommandStore;
  readonly gatewayUrl: () => string;
  /** Throws 30046 when too many old messages were edited. */
  readonly oldEdit: (message: MessageState) => void;
};

/** A request that matches Discord's document. */
export type Call = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly files: readonly Upload[];
  readonly note: Note;
  /** When the request arrived, in ms; a fault may have held it since. */
  readonly atMs: number;
};

export type Reply = { readonly status: number; readonly body?: unknown };
export type Handler = (call: Call) => Reply;
export type Handlers = Partial<Record<OperationId, Handler>>;

/** The channel in the path, as far as the bot may use it; throws 10003, 50001 or 50013. */
export function channelFor(
  world: World,
  { params }: Call,
  ...permissions: readonly PermissionName[]
): ChannelState {
  const channel = world.channels.get(params['channel_id'] ?? '');
  if (!channel || channel.deleted) throw new ApiError(10_003);
  if (!botIsIn(world, channel)) throw new ApiError(50_001);
  if (channel.guildId !== undefined) demand(world, channel, ...permissions);
  return channel;
}

/** The message in the path; throws 10008. Ephemeral ones do not exist for a bot's token. */
export function messageIn(
  world: World,
  channel: ChannelState,
  id: string | undefined,
): MessageState {
  const message = world.messages.get(id ?? '');
  if (!message || message.deleted || message.channelId !== channel.id) throw new ApiError(10_008);
  if (message.ephemeralFor !== undefined) throw new ApiError(10_008);
  return message;
}

/** The guild in the path; throws 10004 where the bot is not. */
export function guildFor(world: World, { params }: Call): GuildState {
  const guild = world.guilds.get(params['guild_id'] ?? '');
  if (!guild?.botIn) throw new ApiError(10_004);
  return guild;
}

export const OK = 200;
export const CREATED = 201;
export const NO_CONTENT: Reply = { status: 204 };
