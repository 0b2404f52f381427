import { type Outcome, settledValue } from '../web/call.ts';
import { closingOf, messageText } from './cut.ts';
import { type Look, stillStreaming, tooLong, unchangeable } from './surface.ts';
import { confirm, drop, halt, type Part, shorten, type Writing } from './writing.ts';

const continuedLook = { kind: 'continued' } as const;

/** Replaces a message as a whole, whatever it shows. True when it stands. */
export async function replace<C>(
  writing: Writing<C>,
  part: Part,
  text: string,
  upTo: number,
  look: Look<C> = { kind: 'writing' },
): Promise<boolean> {
  await halt(writing, part);
  return edit(writing, part, text, upTo, look);
}

/** True when the message stands as wanted; false when it is sealed, gone or to be written with less. */
export async function edit<C>(
  writing: Writing<C>,
  part: Part,
  text: string,
  upTo: number,
  look: Look<C>,
): Promise<boolean> {
  const content = messageText(text, part.from, upTo, true);
  let outcome: Outcome<unknown> = await writing.surface.edit(part.id, content, look);
  for (let tries = 1; tries <= 3 && isStillStreaming(outcome); tries += 1) {
    await halt(writing, part);
    outcome = await writing.surface.edit(part.id, content, look);
  }
  if (outcome.kind === 'refused' && tooLong.has(outcome.error)) {
    await tooMuch(writing, part, text, upTo);
    return false;
  }
  if (outcome.kind === 'refused' && unchangeable.has(outcome.error)) {
    drop(writing, part);
    return false;
  }
  settledValue(outcome);
  confirm(writing, part, upTo);
  return true;
}

const isStillStreaming = (outcome: Outcome<unknown>): boolean =>
  outcome.kind === 'refused' && stillStreaming.has(outcome.error);

/** The message is full: it keeps what it shows, and the next one goes on with less at once. */
export async function tooMuch<C>(
  writing: Writing<C>,
  part: Part,
  text: string,
  upTo: number,
): Promise<void> {
  shorten(writing, upTo - part.from);
  if (part.shown > part.from) await sealPart(writing, part, text);
}

/** Ends a message before the end of the answer. */
export async function sealPart<C>(writing: Writing<C>, part: Part, text: string): Promise<void> {
  const { surface } = writing;
  if (part.how === 'stream') {
    const outcome = await surface.stop(part.id, closingOf(text, part.shown), continuedLook);
    if (outcome.kind === 'unknown') await settle(writing, part);
    part.how = 'edit';
    if (outcome.kind === 'done') return leave(writing, part);
  }
  const whole = messageText(text, part.from, part.shown, true);
  const outcome = await surface.edit(part.id, whole, continuedLook);
  if (outcome.kind === 'refused' && unchangeable.has(outcome.error)) drop(writing, part);
  else leave(writing, part);
}

function leave<C>(writing: Writing<C>, part: Part): void {
  if (writing.current === part) writing.current = undefined;
}

/** After a call to end a stream of which nobody knows what became. */
export async function settle<C>(writing: Writing<C>, part: Part): Promise<void> {
  if ((await writing.surface.grows(part.id)) !== false) await halt(writing, part);
}
