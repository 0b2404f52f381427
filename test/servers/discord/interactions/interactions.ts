import { randomBytes } from 'node:crypto';
import type { APIInteraction } from 'discord.js';
import { seen } from '../people/seen.ts';
import { ApiError } from '../rest/errors.ts';
import type { Acknowledgement, Asked, SeenMessage, ShownModal } from '../types/seen.ts';
import type { ChannelState, MessageState, World } from '../world/world.ts';

export const COMMAND = 2;
export const COMPONENT = 3;
export const AUTOCOMPLETE = 4;
export const MODAL_SUBMIT = 5;

export type InteractionState = {
  readonly id: string;
  readonly token: string;
  readonly type: number;
  readonly userId: string;
  readonly channel: ChannelState;
  readonly createdAt: number;
  readonly owners: Readonly<Record<string, string>>;
  readonly payload: APIInteraction;
  /** The message which the pressed component sits on, also through a modal. */
  readonly source: MessageState | undefined;
  /** The answer took effect, but a fault kept the bot from learning it. */
  answerLost: boolean;
  answeredAt: number | undefined;
  acknowledgement: Acknowledgement | undefined;
  originalId: string | undefined;
  /** Deferred and not yet filled: the first follow-up fills it. */
  pending: boolean;
  readonly followUps: string[];
  readonly settle: (acknowledgement: Acknowledgement) => void;
  readonly asked: Asked;
};

export type Interactions = {
  readonly all: InteractionState[];
  readonly modals: ShownModal[];
  readonly open: (fresh: {
    readonly type: number;
    readonly userId: string;
    readonly channel: ChannelState;
    readonly owners: Readonly<Record<string, string>>;
    readonly source?: MessageState | undefined;
    readonly payload: (identity: {
      readonly id: string;
      readonly token: string;
    }) => Record<string, unknown>;
  }) => InteractionState;
  readonly byId: (id: string, token: string) => InteractionState | undefined;
  /** For /webhooks/{application}/{token}: throws what Discord answers for tokens it does not honour. */
  readonly byToken: (applicationId: string, token: string) => InteractionState;
  /** Lets go of what was answered. */
  readonly forget: () => void;
};

export function createInteractions(world: World): Interactions {
  const all: InteractionState[] = [];
  const tokens = new Map<string, InteractionState>();
  return {
    all,
    modals: [],
    open: ({ type, userId, channel, owners, source, payload }) => {
      const id = world.newId();
      const token = randomBytes(96).toString('base64url');
      const body = payload({ id, token }) as unknown as APIInteraction;
      const { promise, resolve } = Promise.withResolvers<Acknowledgement>();
      const state: InteractionState = {
        id,
        token,
        type,
        userId,
        channel,
        createdAt: world.clock.now(),
        owners,
        payload: body,
        source,
        answerLost: false,
        answeredAt: undefined,
        acknowledgement: undefined,
        originalId: undefined,
        pending: false,
        followUps: [],
        settle: (acknowledgement) => {
          state.acknowledgement = acknowledgement;
          resolve(acknowledgement);
          world.changed();
        },
        asked: handle(world, () => state, { id, token, userId, payload: body, promise }),
      };
      all.push(state);
      tokens.set(token, state);
      return state;
    },
    byId: (id, token) => {
      const found = tokens.get(token);
      return found?.id === id ? found : undefined;
    },
    byToken: (applicationId, token) => {
      const found = tokens.get(token);
      const livesMs = world.options.interactionTokenMs ?? 15 * 60_000;
      if (!found || applicationId !== world.applicationId) throw new ApiError(10_015);
      if (world.clock.now() - found.createdAt > livesMs) throw new ApiError(50_027);
      // Before the callback the token opens nothing.
      if (!found.acknowledgement) throw new ApiError(10_015);
      return found;
    },
    forget: () => {
      const open = all.filter((one) => !one.acknowledgement);
      all.splice(0, all.length, ...open);
      tokens.clear();
      for (const one of open) tokens.set(one.token, one);
    },
  };
}

function handle(
  world: World,
  state: () => InteractionState,
  known: Pick<Asked, 'id' | 'token' | 'userId' | 'payload'> & {
    readonly promise: Promise<Acknowledgement>;
  },
): Asked {
  const { promise, ...identity } = known;
  const look = (id: string | undefined): SeenMessage[] => {
    const message = id === undefined ? undefined : world.messages.get(id);
    return message && !message.deleted ? [seen(world, message)] : [];
  };
  return {
    ...identity,
    acknowledged: promise,
    acknowledgement: () => state().acknowledgement,
    tookMs: () => {
      const { answeredAt, createdAt } = state();
      return answeredAt === undefined ? undefined : answeredAt - createdAt;
    },
    original: () => look(state().originalId)[0],
    messages: () => [state().originalId, ...state().followUps].flatMap(look),
  };
}
