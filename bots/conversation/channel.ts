import type { AnswerEvent, Turn } from '../../pipelines/inference/ask.ts';
import type { Json } from '../state/port.ts';
import type { Message, Platform } from './message.ts';

/** Why there is no answer, or not yet; said to the asker alone where the platform can. */
export type Notice =
  | { readonly code: 'rate.person' | 'rate.channel'; readonly retryAfterMs: number }
  | { readonly code: 'busy'; readonly retryAfterMs: number }
  | { readonly code: 'not-allowed' | 'empty' | 'quiet' }
  | { readonly code: 'too-long'; readonly most: number; readonly length: number };

/** Why an answer ended before its end. */
export type StopReason =
  /** The asker pressed stop. */
  | 'asker'
  /** More was said, or the question was edited: a new delivery replaces what stands there. */
  | 'restarted'
  /** The question was deleted: what stands there should go. */
  | 'deleted'
  /** This process ends. */
  | 'shutdown';

/**
 * What a channel shows. Either one `notice`; or `status`…, `sources`, `text`…, then exactly one `done`, `error`
 * or `stopped`.
 */
export type ReplyEvent =
  | AnswerEvent
  | { readonly type: 'stopped'; readonly reason: StopReason; readonly trace: string }
  | { readonly type: 'notice'; readonly notice: Notice };

/** One answer on its way to the people who will read it. */
export type Delivery = {
  /** Names the turn in buttons: at most 36 characters. */
  readonly turn: string;
  readonly message: Message;
  readonly events: AsyncIterable<ReplyEvent>;
  /** What `stands` was told by an earlier delivery that this one replaces; null for the first. */
  readonly earlier: Json | null;
  /** This turn was begun by a process that died before it could tell where its answer stands: look for it. */
  readonly recovered: boolean;
  /**
   * To be told as soon as something stands on the platform, and again when that changes.
   * @param ids of the platform's messages that make up the answer, so that what is said about them is understood.
   */
  stands(where: Json, ids: readonly string[]): Promise<void>;
};

/** Something said in a thread, as the platform has it now. */
export type Said = Turn & {
  /** Id of the platform's message. */
  readonly message: string;
};

/**
 * How a platform shows answers.
 *
 * Every channel promises: `deliver` reads `events` to the end and resolves when the end stands where people see
 * it; it shows no part of the text twice, however the platform fails; on a failure that it cannot mend
 * it throws; it never pings anyone.
 */
export type Channel = {
  readonly platform: Platform;
  deliver(delivery: Delivery): Promise<void>;
  /**
   * What was said in the thread before this message, oldest first, also by others; null where the platform
   * keeps no thread (then the traces are the memory). Absent counts as null.
   */
  history?(message: Message, signal: AbortSignal): Promise<readonly Said[] | null>;
};
