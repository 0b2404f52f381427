import type { Access } from '../../pipelines/stores/features/port.ts';

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

export const turnStates = ['running', 'ended', 'merged', 'refused'] as const;
export const turnOutcomes = ['answered', 'abstained', 'failed', 'stopped', 'undelivered'] as const;

export type TurnState = (typeof turnStates)[number];
export type TurnOutcome = (typeof turnOutcomes)[number];

/** A question that was taken in, and how far its answer has come. */
export type StoredTurn = {
  readonly id: string;
  readonly thread: string;
  /** `platform:workspace:channel`. */
  readonly place: string;
  /** Keyed hash of who asked. */
  readonly asker: string;
  readonly bot: boolean;
  /** Milliseconds since the epoch. */
  readonly askedAtMs: number;
  /** What the conversation needs to answer it; the words of the question only while it is running. */
  readonly asked: Json;
  readonly state: TurnState;
  readonly outcome: TurnOutcome | null;
  /** Where the answer stands, in the channel's own terms; null when nothing does. */
  readonly where: Json;
  /** Trace of the answer; null until it ended. */
  readonly trace: string | null;
  /** The question was deleted or replaced: it is not remembered. */
  readonly withdrawn: boolean;
};

export type NewTurn = Pick<
  StoredTurn,
  'id' | 'thread' | 'place' | 'asker' | 'bot' | 'askedAtMs' | 'asked'
> & {
  readonly platform: string;
  /** The platform's id of the event, unique with the platform's name before it. */
  readonly event: string;
  /** Id of the platform's message that asks; null for commands and buttons. */
  readonly message: string | null;
  readonly owner: string;
  readonly leaseUntilMs: number;
  /** Where the answer stands that this one replaces; null for a new one. */
  readonly where: Json;
};

export type TurnEnd = {
  readonly state: Exclude<TurnState, 'running'>;
  readonly outcome: TurnOutcome | null;
  readonly trace: string | null;
  readonly asked: Json;
};

/**
 * What the bots must not lose when they are killed: which events were taken in, who is answering what until
 * when, where answers stand, and what people chose for their channels.
 *
 * Every adapter promises:
 * - `claim` is true for exactly one caller per event, whatever the number of processes, for as long as the turn is kept;
 * - `enter` is true for one owner at a time per thread, until it leaves or its lease ends;
 * - `takeAbandoned` hands each turn whose lease has ended to one caller;
 * - one method call happens or does not, whoever is killed when.
 */
export type ConversationState = {
  claim(turn: NewTurn): Promise<boolean>;
  /** Takes the thread for answering in it, or keeps it. */
  enter(thread: string, owner: string, nowMs: number, leaseUntilMs: number): Promise<boolean>;
  leave(thread: string, owner: string): Promise<void>;
  /** Extends the leases of all that the owner is answering. */
  renew(owner: string, leaseUntilMs: number): Promise<void>;
  /** Everybody who has running turns on the platform. */
  owners(platform: string): Promise<readonly string[]>;
  /** Makes the owner's running turns free to be taken at once. */
  release(owner: string): Promise<void>;
  /** Running turns of dead owners, oldest first, now owned by the caller. */
  takeAbandoned(
    platform: string,
    owner: string,
    nowMs: number,
    leaseUntilMs: number,
  ): Promise<readonly StoredTurn[]>;

  /** The question changed while it is running. */
  ask(turn: string, asked: Json): Promise<void>;
  /** Where the answer stands; `messages` are all ids of the platform's messages that it is made of. */
  stand(turn: string, where: Json, messages: readonly string[]): Promise<void>;
  end(turn: string, end: TurnEnd): Promise<void>;
  withdraw(turn: string): Promise<void>;

  turn(id: string): Promise<StoredTurn | undefined>;
  /** The turn that claimed this event. */
  turnOf(platform: string, event: string): Promise<StoredTurn | undefined>;
  /** The latest turn that this message asks, or else that it answers. */
  turnAt(place: string, message: string): Promise<StoredTurn | undefined>;
  /** The thread's latest turns that are not withdrawn, refused or merged; newest first. */
  turns(thread: string, limit: number): Promise<readonly StoredTurn[]>;
  /** The latest turn of each thread of the platform since, newest first; none that were refused. */
  latest(platform: string, sinceMs: number, limit: number): Promise<readonly StoredTurn[]>;
  /** When this asker, or anybody in this place, asked since; ascending, without what was refused. */
  askedSince(
    who: { readonly asker: string } | { readonly place: string },
    sinceMs: number,
  ): Promise<readonly number[]>;

  resolve(thread: string, resolved: boolean): Promise<void>;
  isResolved(thread: string): Promise<boolean>;
  settings(place: string): Promise<Json>;
  putSettings(place: string, settings: Json): Promise<void>;

  /** Removes what ended before; returns how many turns. */
  purge(beforeMs: number): Promise<number>;
};

export const apiScopes = ['ask', 'feedback', 'read', 'write', 'metrics'] as const;

/** What the bearer of a key may do. */
export type ApiScope = (typeof apiScopes)[number];

/** A key of the API as it is kept: all but the secret itself. */
export type ApiKey = {
  readonly id: string;
  /** As a person named it: access rules know its bearer as `key:<name>`. */
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  /** What its bearer may see at most; null: whatever the rules allow. */
  readonly access: Pick<Access, 'sources' | 'authors' | 'since'> | null;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The day, `2026-11-21` in UTC: finer than that it would tell when somebody works. */
  readonly lastUsedOn: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
};

export type NewApiKey = Pick<
  ApiKey,
  'id' | 'name' | 'scopes' | 'access' | 'createdAt' | 'expiresAt'
> & {
  /** sha256 of the secret, hex. */
  readonly hash: string;
};

/**
 * The keys of the API.
 *
 * Every adapter promises:
 * - the secret is never handed in: only its hash is kept, and no method hands that out;
 * - of keys that are not revoked no two share a name, whatever the number of processes that add one;
 * - a revoked key is told as revoked by every `find` that begins after `revoke` resolved, in every process.
 */
export type ApiKeys = {
  /** False when a key of this name is not revoked yet: then nothing is kept. */
  add(key: NewApiKey): Promise<boolean>;
  /** The key of this hash, also one that has expired or was revoked. */
  find(hash: string): Promise<ApiKey | undefined>;
  /** By name, then by age, oldest first; revoked ones too. */
  list(): Promise<readonly ApiKey[]>;
  /** Revokes the key of this name or id for good. False when there is none that was not revoked. */
  revoke(nameOrId: string, at: string): Promise<boolean>;
  /** Notes the day of its last use; an earlier day than is noted changes nothing. */
  used(id: string, day: string): Promise<void>;
};
