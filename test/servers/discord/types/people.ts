import type { Asked, Choice, SeenMessage, ShownModal } from './seen.ts';

export type OptionValue = string | number | boolean;

/** A place where people talk: a guild's channel, a thread, a direct message, a private group. */
export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly guildId: string | undefined;
  readonly parentId: string | undefined;
  /** `<#id>` */
  readonly mention: string;
};

export type MessageRef = { readonly id: string; readonly channelId: string };

export type Person = {
  readonly id: string;
  readonly name: string;
  /** `<@id>` */
  readonly mention: string;
  /** The direct message channel with the bot. */
  readonly dm: () => Channel;
  readonly says: (what: {
    readonly channel: Channel;
    readonly content: string;
    readonly replyTo?: MessageRef;
    /** A reply mentions whom it answers, unless this is false. */
    readonly ping?: boolean;
    readonly attachments?: readonly { readonly filename: string; readonly text: string }[];
  }) => SeenMessage;
  readonly edits: (message: MessageRef, content: string) => SeenMessage;
  readonly deletes: (message: MessageRef | readonly MessageRef[]) => void;
  readonly types: (channel: Channel) => void;
  /** A slash command; refuses what Discord's client would refuse (unknown, missing or wrong options). */
  readonly runs: (what: {
    readonly channel: Channel;
    readonly command: string;
    readonly options?: Readonly<Record<string, OptionValue>>;
    readonly subcommand?: string;
  }) => Asked;
  /** What the bot offers while the person types into one option. */
  readonly completes: (what: {
    readonly channel: Channel;
    readonly command: string;
    readonly option: string;
    readonly typed: string;
    readonly options?: Readonly<Record<string, OptionValue>>;
    readonly subcommand?: string;
  }) => Promise<readonly Choice[]>;
  readonly usesMessageCommand: (what: {
    readonly command: string;
    readonly message: MessageRef;
  }) => Asked;
  /** By custom id or label; refuses a control that is not there, disabled, or not visible to the person. */
  readonly presses: (message: MessageRef, button: string | RegExp) => Asked;
  readonly selects: (
    message: MessageRef,
    select: string | RegExp,
    values: readonly string[],
  ) => Asked;
  /** Values by the inputs' custom ids; refuses unknown inputs and missing required ones. */
  readonly submits: (
    modal: ShownModal,
    values: Readonly<Record<string, string | readonly string[]>>,
  ) => Asked;
  readonly opensThread: (what: {
    readonly channel: Channel;
    readonly name: string;
    readonly from?: MessageRef;
    readonly private?: boolean;
  }) => Channel;
  /** Refuses direct messages from the bot, or takes them again. */
  readonly refusesDms: (refuse: boolean) => void;
};

export type Guild = {
  readonly id: string;
  readonly name: string;
  /** Whoever founded it, who may do everything. */
  readonly owner: Person;
  /** The channel of that name, created (and announced) when it is not there. */
  readonly channel: (name: string) => Channel;
  /** The person of that name as a member here, who joins when not yet there. */
  readonly member: (
    name: string,
    details?: PersonDetails & { readonly roles?: readonly string[] },
  ) => Person;
  /** The role of that name, created when it is not there; with these permissions (as `ManageGuild`) when given. */
  readonly role: (
    name: string,
    permissions?: readonly string[],
  ) => { readonly id: string; readonly mention: string };
  /** Takes permissions from the bot in one channel (by name, as `SendMessages`), or with [] gives all back. */
  readonly denyBot: (channel: Channel, permissions: readonly string[]) => void;
  /** Takes permissions from the bot's role in the whole guild, or with [] gives all back. */
  readonly restrictBot: (permissions: readonly string[]) => void;
  /** Only these roles (by name; the bot's has the bot's name) see the channel from now on. */
  readonly showOnlyTo: (channel: Channel, roles: readonly string[]) => void;
  readonly deleteChannel: (channel: Channel) => void;
  readonly archive: (thread: Channel, options?: { readonly locked?: boolean }) => void;
  readonly unarchive: (thread: Channel) => void;
  readonly kickBot: () => void;
  readonly inviteBot: () => void;
  /** The guild is down for a while, and back. */
  readonly outage: () => void;
  readonly recover: () => void;
};

export type PersonDetails = {
  /** Discord's locale of the person's client, as `de` or `pt-BR`; default `en-US`. */
  readonly locale?: string;
  /** Another bot. */
  readonly bot?: boolean;
  /** Whether the person installed the app for themselves; default false. */
  readonly installed?: boolean;
};
