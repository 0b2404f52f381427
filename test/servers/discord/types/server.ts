import type { OperationId } from '../contract/served.ts';
import type { GatewayControls } from '../gateway/gateway.ts';
import type { SignedInteractions } from '../interactions/signed.ts';
import type { Faults } from '../rest/faults.ts';
import type { Clock } from '../world/clock.ts';

import type { Channel, Guild, MessageRef, Person, PersonDetails } from './people.ts';
import type { Asked, SeenMessage, ShownModal } from './seen.ts';

/** What a well-behaved bot never does. */
export type Violation = {
  readonly kind:
    | 'schema' // does not match Discord's OpenAPI document
    | 'limit' // matches it, but not the documented limits
    | 'allowed-mentions' // a message that could ping
    | 'late-answer' // an interaction answered after its deadline
    | 'answered-twice' // an interaction answered again
    | 'unknown-route'
    | 'unauthorised'
    | 'gateway' // a payload or a pace that Discord would close the connection for
    | 'own-response'; // this server's own fault: report it
  readonly operation: OperationId | 'gateway' | 'unknown';
  readonly method: string;
  readonly path: string;
  readonly message: string;
};

export type RecordedRequest = {
  readonly operation: OperationId | 'unknown';
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  /** 0 while it runs, and for one whose connection was dropped. */
  readonly status: number;
  readonly atMs: number;
};

export type RegisteredCommand = {
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly guildId: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
};

export type DiscordServer = {
  /** For discord.js' `rest.api`, as `http://127.0.0.1:PORT/api`. */
  readonly apiUrl: string;
  readonly bot: {
    readonly id: string;
    readonly applicationId: string;
    readonly name: string;
    readonly token: string;
    /** Ed25519, hex: what the developer portal shows. */
    readonly publicKey: string;
    /** `<@id>` */
    readonly mention: string;
  };
  readonly clock: Clock;
  readonly faults: Faults;
  readonly gateway: GatewayControls;
  /** Interactions by HTTP POST instead of the gateway. */
  readonly signed: SignedInteractions;
  readonly violations: Violation[];
  /** In order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Answers of 401, 403 and 429 (but shared ones): Discord bans an address at 10,000 in 10 minutes. */
  readonly invalidRequests: () => number;

  /** The guild of that name, created when it is not there; `bot: false` creates it without the bot. */
  readonly guild: (
    name: string,
    options?: { readonly bot?: boolean; readonly locale?: string },
  ) => Guild;
  /** The person of that name, created when not there; in no guild unless made a member. */
  readonly person: (name: string, details?: PersonDetails) => Person;
  /** A private group of people, which no bot can read: only user-installed apps answer there. */
  readonly group: (...people: readonly Person[]) => Channel;

  readonly channel: (id: string) => Channel | undefined;
  readonly threads: (parent: Channel) => Channel[];
  /** What is there, oldest first; with what was deleted, or what Discord itself said of threads, when asked for. */
  readonly messages: (
    channel: Channel | string,
    options?: {
      readonly deleted?: boolean;
      readonly system?: boolean;
      readonly seenBy?: Person;
    },
  ) => SeenMessage[];
  readonly message: (ref: MessageRef) => SeenMessage | undefined;
  /** Ephemeral messages that this person was shown. */
  readonly ephemerals: (person: Person) => SeenMessage[];
  readonly modals: (person?: Person) => ShownModal[];
  /** Interactions that the bot neither answered nor deferred. */
  readonly unanswered: () => Asked[];
  readonly asked: () => readonly Asked[];
  /** How often the bot showed itself typing there. */
  readonly typing: (channel: Channel | string) => number;
  /** Registered commands; global ones, and each guild's. */
  readonly commands: (guild?: Guild) => RegisteredCommand[];
  /** Requests that created, changed or removed commands. */
  readonly commandWrites: () => number;

  /**
   * Resolves with the first truthy value of `condition`, looked at again whenever anything happens here.
   * Rejects after `timeoutMs` (default 20,000 ms) with `label` in the message.
   */
  readonly until: <T>(
    condition: () => T,
    options?: { readonly timeoutMs?: number; readonly label?: string },
  ) => Promise<NonNullable<T>>;
  /**
   * Lets go of all messages, requests, modals and settled interactions, and of what no session can ask for again:
   * for long runs whose memory is watched.
   */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
};
