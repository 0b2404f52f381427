import type { Access } from '../../pipelines/stores/features/port.ts';
import type { Channel } from './channel.ts';
import type { Message, Person, Place, Platform, Wish } from './message.ts';
import type { ChannelSettings } from './settings.ts';

/** What became of a message. */
export type Heard =
  /** Delivered; the outcome is that of the trace. */
  | {
      readonly kind: 'answered' | 'abstained' | 'failed' | 'stopped';
      readonly turn: string;
      readonly trace: string;
    }
  /** A notice was shown instead of an answer; or nothing, to a bot that has had its turns. */
  | { readonly kind: 'refused' }
  /** Answered together with another message of the same person. */
  | { readonly kind: 'merged'; readonly turn: string }
  /** This event was heard before. */
  | { readonly kind: 'duplicate' }
  /** Not for the twin. */
  | { readonly kind: 'ignored' }
  /** Taken in while this process was ending: the next one answers it. */
  | { readonly kind: 'postponed' };

export type FeedbackGiven = {
  readonly trace: string;
  readonly place: Place;
  readonly person: Person;
  readonly value: 'up' | 'down';
  readonly reason: string | null;
};

/**
 * The same conversation for every channel. Nothing here waits for a platform but `deliver`: callers acknowledge
 * the event first, or at once, and let these promises run.
 */
export type Conversation = {
  /**
   * Claims the event, decides whether it may and should be answered, and delivers the answer through the
   * channel. Resolves when that is done. Throws only what `deliver` threw, after it was recorded.
   */
  hear(message: Message, channel: Channel): Promise<Heard>;
  /**
   * The message that held a question was edited. A running answer starts again; one that was given lately is replaced in place.
   * Anything else only leaves the memory of the thread.
   */
  edited(
    change: {
      readonly event: string;
      readonly place: Place;
      readonly thread: string;
      readonly message: string;
      readonly text: string;
    },
    channel: Channel,
  ): Promise<Heard>;
  /** The message was deleted: its answer stops when still running, and the thread forgets both. */
  deleted(change: {
    readonly place: Place;
    readonly thread: string;
    readonly message: string;
  }): Promise<void>;
  /** Only the asker may stop an answer. */
  stop(turn: string, person: Person): Promise<'stopped' | 'not-asker' | 'not-running'>;
  /**
   * Answers a turn's question once more, in place of the answer that stands.
   * @param event the platform's id of the press
   */
  again(
    request: {
      readonly event: string;
      readonly turn: string;
      readonly person: Person;
      readonly wish: Wish;
      /** In place of the turn's own, where the platform handed out a newer handle with the press. */
      readonly reply?: Message['reply'];
    },
    channel: Channel,
  ): Promise<Heard | { readonly kind: 'unknown' }>;
  /** The later one of the same person counts. False when the answer is no longer kept. */
  feedback(given: FeedbackGiven): Promise<boolean>;
  /** A thread that is resolved is left alone until the twin is mentioned in it again. */
  resolve(thread: string, resolved: boolean): Promise<void>;
  isResolved(thread: string): Promise<boolean>;
  settings(place: Place): Promise<ChannelSettings>;
  changeSettings(place: Place, settings: ChannelSettings): Promise<void>;
  /** May this person see this source's writing here? What commands list goes through the same filter as answers. */
  access(place: Place, person: Person): Promise<Allowed>;
  /** The turn that a platform's message belongs to, as its question or its answer. */
  turnAt(place: Place, message: string): Promise<KnownTurn | undefined>;
  turn(id: string): Promise<KnownTurn | undefined>;
  /** The turn that an event became when it was heard first. */
  turnOf(platform: Platform, event: string): Promise<KnownTurn | undefined>;
  /** The latest turn of each thread of a platform since, newest first: where something may have been said meanwhile. */
  latest(platform: Platform, sinceMs: number, most: number): Promise<readonly KnownTurn[]>;
  /**
   * Takes up what processes that died left unfinished on this platform, and delivers it. Resolves with how many were taken up,
   * once they are delivered. To be called when the channel is ready, and now and again.
   */
  recover(channel: Channel): Promise<number>;
  /**
   * Lets go of what is older than it is kept, and of questions that dead processes left behind on pages and terminals, where
   * nobody waits any more. To be called at the start of a long-running process.
   */
  tidy(): Promise<void>;
  /** Takes nothing new, lets running answers finish for a while, then ends them with an honest line. */
  drain(graceMs: number): Promise<void>;
};

export type KnownTurn = {
  readonly turn: string;
  readonly thread: string;
  readonly place: Place;
  /** Platform id of who asked. */
  readonly asker: string;
  /** Null until it was written. */
  readonly trace: string | null;
  readonly running: boolean;
  /** Milliseconds since the epoch. */
  readonly askedAtMs: number;
  /** Platform's message that asked; null for a command. */
  readonly message: string | null;
  readonly reply: Message['reply'];
};

export type Allowed =
  | {
      readonly allowed: true;
      readonly access: Access | undefined;
    }
  | { readonly allowed: false };
