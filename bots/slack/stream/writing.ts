import { setTimeout as sleep } from 'node:timers/promises';
import { type Outcome, settledValue } from '../web/call.ts';
import { refusal } from '../web/refusal.ts';
import type { Lengths } from './cut.ts';
import type { ScreenOptions } from './options.ts';
import type { Pulse } from './pulse.ts';
import type { Surface, Task } from './surface.ts';

/** One message of an answer. */
export type Part = {
  readonly id: string;
  /** Where in the answer's text it begins. */
  readonly from: number;
  /** Up to where the platform confirmed it. */
  shown: number;
  how: 'stream' | 'edit';
};

/** All that changes while an answer is written; only the one writer touches it. */
export type Writing<Closing> = {
  readonly surface: Surface<Closing>;
  readonly options: ScreenOptions;
  readonly pulse: Pulse;
  readonly parts: Part[];
  /** The message that is being written; undefined before the first and between two. */
  current: Part | undefined;
  /** Up to where the answer's text stands, over all messages. */
  shownTo: number;
  /** Shorter than given once Slack found a message too long. */
  lengths: Lengths;
  streams: boolean;
  readonly tasks: Task[];
  /** A message of its own was posted, which takes a status line away. */
  posted: boolean;
  readonly reuse: string[];
  /** How many messages were gone when they were to be changed. */
  dropped: number;
};

/** Shorter messages than this are not what Slack finds too long. */
const leastLength = 400;
const mostTries = 5;
/** Who deletes more messages of one answer than these does not want it. */
const mostDropped = 3;

export function confirm<C>(writing: Writing<C>, part: Part, upTo: number): void {
  part.shown = upTo;
  writing.shownTo = upTo;
}

export async function tellWhereItStands<C>({ options, parts }: Writing<C>): Promise<void> {
  await options.stands(parts.map(({ id }) => id));
}

/**
 * Makes a message. When nobody knows whether it was made, it is looked for before it is made again; `certain` is
 * false for one that was found, whose text nobody knows either.
 */
export async function create<C>(
  { surface, parts }: Writing<C>,
  make: () => Promise<Outcome<string>>,
  pauseMs: number,
): Promise<
  | { readonly kind: 'made'; readonly id: string; readonly certain: boolean }
  | Extract<Outcome<string>, { kind: 'refused' }>
> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await make();
    if (outcome.kind === 'done') return { kind: 'made', id: outcome.value, certain: true };
    if (outcome.kind === 'refused') return outcome;
    await sleep(pauseMs * tries);
    const found = settledValue(await surface.find(parts.map(({ id }) => id)));
    if (found !== undefined) return { kind: 'made', id: found, certain: false };
    if (tries >= mostTries) return settledValue(outcome);
  }
}

/** Ends a stream, so that the message can be edited. */
export async function halt<C>({ surface, options }: Writing<C>, part: Part): Promise<void> {
  part.how = 'edit';
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const outcome = await surface.stop(part.id, '', { kind: 'continued' });
    if (outcome.kind !== 'unknown') return;
    await sleep(options.retryMs * tries);
    if ((await surface.grows(part.id)) === false) return;
  }
}

/** The message is gone, and with it what it showed: that part of the answer is to be shown once more. */
export function drop<C>(writing: Writing<C>, part: Part): void {
  writing.dropped += 1;
  if (writing.dropped > mostDropped) throw refusal('message_not_found');
  writing.parts.splice(writing.parts.indexOf(part), 1);
  if (writing.current === part) writing.current = undefined;
  writing.shownTo = part.from;
}

/**
 * Slack took less than we thought it would.
 *
 * @throws PermanentError `slack.msg_too_long` when it is not about the length.
 */
export function shorten<C>(writing: Writing<C>, tried: number): void {
  if (tried <= leastLength) throw refusal('msg_too_long');
  const hard = Math.max(leastLength, Math.floor(Math.min(tried, writing.lengths.hard) / 2));
  writing.lengths = { hard, soft: Math.floor(hard * 0.75) };
}

/** What was shown turned out not to be how the answer begins: all of it is written anew, in the same messages. */
export async function startOver<C>(writing: Writing<C>): Promise<void> {
  if (writing.current?.how === 'stream') await halt(writing, writing.current);
  writing.reuse.unshift(...writing.parts.splice(0).map(({ id }) => id));
  writing.current = undefined;
  writing.shownTo = 0;
}

/** A message that is gone already is as good as deleted. */
export async function withoutMissing(
  removing: Promise<Outcome<unknown>>,
): Promise<Outcome<unknown>> {
  const outcome = await removing;
  return outcome.kind === 'refused' && outcome.error === 'message_not_found'
    ? { kind: 'done', value: undefined }
    : outcome;
}
