import type { types } from '@slack/bolt';
import type { Outcome } from '../web/call.ts';

/** A stage of the work as Slack draws it while a message streams. */
export type Task = Omit<types.TaskUpdateChunk, 'type'>;

/** How a message looks besides its text. */
export type Look<Closing> =
  /** More is coming: there may be a button to stop it. */
  | { readonly kind: 'writing' }
  /** The answer goes on in another message. */
  | { readonly kind: 'continued' }
  | { readonly kind: 'closed'; readonly closing: Closing };

/**
 * The calls that an answer is shown by. Each is one call of the platform, made once where it says so; none
 * throws for what the platform answers.
 */
export type Surface<Closing> = {
  /** Begins a message that grows; once. Gives its id. */
  start(text: string, tasks: readonly Task[]): Promise<Outcome<string>>;
  /** Adds to it; once. */
  append(id: string, text: string, tasks: readonly Task[]): Promise<Outcome<unknown>>;
  /** Adds the last and ends it; once. */
  stop(id: string, text: string, look: Look<Closing>): Promise<Outcome<unknown>>;
  /** Posts a message that is edited from then on; once. Gives its id. */
  post(text: string, look: Look<Closing>): Promise<Outcome<string>>;
  /** Replaces all of a message; repeated until its effect is known. */
  edit(id: string, text: string, look: Look<Closing>): Promise<Outcome<unknown>>;
  /** Deletes a message; repeated until its effect is known. */
  remove(id: string): Promise<Outcome<unknown>>;
  /** Whether a message still grows; undefined where Slack does not tell. */
  grows(id: string): Promise<boolean | undefined>;
  /** A message of this answer that is not among those known: for after a call whose effect nobody knows. */
  find(known: readonly string[]): Promise<Outcome<string | undefined>>;
  /** A line outside the answer that says what is going on; it goes away when a message comes. Best effort. */
  status(stage: string | null): Promise<void>;
};

/** A person pressed Slack's own stop button: the event about it follows. */
export const stoppedByPerson = 'stopped_by_user';

/** Streams that ended without us: too old, stopped by a person, or lost by Slack. */
export const notStreaming: ReadonlySet<string> = new Set([
  'message_not_in_streaming_state',
  stoppedByPerson,
]);

/** A stream is still open where it should not be: it has to be stopped before it can be edited. */
export const stillStreaming: ReadonlySet<string> = new Set(['streaming_state_conflict']);

export const tooLong: ReadonlySet<string> = new Set([
  'markdown_text_too_long',
  'msg_blocks_too_long',
  'msg_too_long',
]);

/** Somebody deleted the message, or it can no longer be changed. */
export const unchangeable: ReadonlySet<string> = new Set([
  'cant_update_message',
  'edit_window_closed',
  'message_not_found',
]);
