import { schemaErrors } from '../contract/contract.ts';
import { ApiError } from '../rest/errors.ts';
import type { Rooms } from '../rest/routes/route.ts';
import type { Asked } from '../types/seen.ts';
import type { Violation } from '../types/server.ts';
import { answer, type CallbackBody } from './answering.ts';
import type { InteractionState } from './interactions.ts';
import { signature } from './signing.ts';

/** Interactions over HTTP, signed with Ed25519 as Discord signs them. */
export type SignedInteractions = {
  /**
   * What the developer portal does when the URL is saved: a PING that must be answered with PONG, and requests
   * with bad signatures that must be refused with 401. Rejects with what was wrong; afterwards every interaction is
   * delivered there and none by the gateway.
   */
  readonly use: (url: string) => Promise<void>;
  /** Back to the gateway. */
  readonly stop: () => void;
  /** Posts anything, well or badly signed, and gives the raw answer. */
  readonly post: (
    url: string,
    payload: unknown,
    how?: 'valid' | 'invalid' | 'absent' | 'other-body',
  ) => Promise<{ readonly status: number; readonly body: unknown }>;
  /** Every delivery and how it was answered; status 0 when nothing answered. */
  readonly deliveries: readonly {
    readonly asked: Asked;
    readonly status: number;
    readonly body: unknown;
  }[];
};

const PONG = 1;
const CALLBACKS: Readonly<Record<number, string>> = {
  4: 'CreateMessageInteractionCallbackRequest',
  5: 'CreateMessageInteractionCallbackRequest',
  6: 'UpdateMessageInteractionCallbackRequest',
  7: 'UpdateMessageInteractionCallbackRequest',
  8: 'ApplicationCommandAutocompleteCallbackRequest',
  9: 'ModalInteractionCallbackRequest',
};

export function createSigned({ world, interactions }: Rooms): {
  readonly signed: SignedInteractions;
  /** Takes an interaction when interactions go over HTTP at present. */
  readonly take: (interaction: InteractionState) => boolean;
} {
  const deliveries: { asked: Asked; status: number; body: unknown }[] = [];

  const post: SignedInteractions['post'] = async (url, payload, how = 'valid') => {
    const body = JSON.stringify(payload);
    const timestamp = String(Math.floor(world.clock.now() / 1000));
    const good = signature(world, timestamp, how === 'other-body' ? `${body} ` : body);
    const given =
      how === 'invalid' ? good.replace(/^../, (two) => (two === '00' ? '01' : '00')) : good;
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Discord-Interactions/1.0 (+https://discord.com)',
        ...(how !== 'absent' && {
          'x-signature-ed25519': given,
          'x-signature-timestamp': timestamp,
        }),
      },
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return { status: response.status, body: json && text !== '' ? JSON.parse(text) : text };
  };

  const deliver = async (interaction: InteractionState, url: string): Promise<void> => {
    const entry = { asked: interaction.asked, status: 0, body: undefined as unknown };
    deliveries.push(entry);
    try {
      Object.assign(entry, await post(url, interaction.payload));
      if (entry.status === 200) take200(interaction, entry.body as CallbackBody);
    } catch (error) {
      entry.body = error instanceof Error ? error.message : String(error);
    }
    world.changed();
  };

  /** The body of a 200 is the callback; with 202 the bot calls back itself. */
  const take200 = (interaction: InteractionState, body: CallbackBody) => {
    const path = `/interactions/${interaction.id}`;
    const note = (kind: Violation['kind'], message: string) => {
      const operation = 'create_interaction_response';
      world.violations.push({ kind, operation, method: 'HTTP', path, message });
    };
    const wrong = schemaErrors(CALLBACKS[body?.type] ?? 'PongInteractionCallbackRequest', body);
    for (const message of wrong) note('schema', message);
    if (wrong.length > 0) return;
    try {
      answer({ world, interactions }, interaction, body, {
        files: [],
        note,
        atMs: world.clock.now(),
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.violation) note(error.violation, error.describe());
    }
  };

  const signed: SignedInteractions = {
    use: async (url) => {
      const ping = {
        id: world.newId(),
        application_id: world.applicationId,
        type: 1,
        token: 'ping',
        version: 1,
        entitlements: [],
      };
      const pong = await post(url, ping);
      if (pong.status !== 200 || (pong.body as { type?: unknown })?.type !== PONG) {
        throw new Error(`A PING was answered with ${pong.status} ${JSON.stringify(pong.body)}`);
      }
      for (const how of ['invalid', 'absent', 'other-body'] as const) {
        const { status } = await post(url, ping, how);
        if (status !== 401)
          throw new Error(`A request with signature "${how}" was answered with ${status}`);
      }
      world.endpoint = url;
    },
    stop: () => {
      world.endpoint = undefined;
    },
    post,
    deliveries,
  };
  return {
    signed,
    take: (interaction) => {
      if (world.endpoint === undefined) return false;
      void deliver(interaction, world.endpoint);
      return true;
    },
  };
}
