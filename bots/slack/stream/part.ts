import { type Outcome, valueOf } from '../web/call.ts';
import { closingOf, endOfMessage, messageText, openingOf } from './cut.ts';
import {
  type Look,
  notStreaming,
  stillStreaming,
  stoppedByPerson,
  tooLong,
  unchangeable,
} from './surface.ts';
import {
  confirm,
  create,
  drop,
  halt,
  type Part,
  shorten,
  tellWhereItStands,
  type Writing,
} from './writing.ts';

const writingLook = { kind: 'writing' } as const;
const continuedLook = { kind: 'continued' } as const;

/**
 * Begins the next message with as much of the text as it may hold: in place of one that is to be replaced, as a
 * stream, or posted. Undefined when it has to be tried again, with less.
 */
export async function begin<C>(writing: Writing<C>, text: string): Promise<Part | undefined> {
  const { surface, options, lengths } = writing;
  const from = writing.shownTo;
  const upTo = endOfMessage(text, from, from, lengths) ?? text.length;
  const reused = writing.reuse.shift();
  if (reused !== undefined) return added(writing, { id: reused, from, shown: from, how: 'edit' });

  if (writing.streams) {
    const tasks = writing.tasks.splice(0);
    const content = openingOf(text, from) + text.slice(from, upTo);
    const started = await create(writing, () => surface.start(content, tasks), options.retryMs);
    if (started.kind === 'made') {
      const part = await made(writing, started.id, from, 'stream');
      if (started.certain) confirm(writing, part, upTo);
      else await replace(writing, part, text, upTo);
      return part;
    }
    if (tooLong.has(started.error)) return void shorten(writing, upTo - from);
    // Not here, then: a post says whether anything can be said here at all.
    writing.streams = false;
  }
  if (upTo === from) return undefined;
  const content = messageText(text, from, upTo, true);
  const posted = await create(writing, () => surface.post(content, writingLook), options.retryMs);
  if (posted.kind === 'refused') {
    if (tooLong.has(posted.error)) return void shorten(writing, upTo - from);
    return valueOf<never>(posted);
  }
  const part = await made(writing, posted.id, from, 'edit');
  if (posted.certain) confirm(writing, part, upTo);
  else await edit(writing, part, text, upTo, writingLook);
  return part;
}

/** Brings a message up to an offset. Afterwards it may be the current one no more. */
export async function writePart<C>(
  writing: Writing<C>,
  part: Part,
  text: string,
  upTo: number,
): Promise<void> {
  if (part.how === 'edit') return void (await edit(writing, part, text, upTo, writingLook));
  const tasks = writing.tasks.splice(0);
  const outcome = await writing.surface.append(part.id, text.slice(part.shown, upTo), tasks);
  if (outcome.kind === 'done') return confirm(writing, part, upTo);
  if (outcome.kind === 'unknown') return void (await replace(writing, part, text, upTo));
  if (notStreaming.has(outcome.error)) {
    return afterStream(writing, part, text, outcome.error);
  }
  if (tooLong.has(outcome.error)) return tooMuch(writing, part, text, upTo);
  if (unchangeable.has(outcome.error)) return drop(writing, part);
  valueOf(outcome);
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

/** Ends the last message with the rest of the text; false when there is more to do first. */
export async function endPart<C>(
  writing: Writing<C>,
  text: string,
  look: Look<C>,
): Promise<boolean> {
  const part = writing.current;
  if (part === undefined) return endInNewMessage(writing, text, look);
  if (part.how === 'edit') return edit(writing, part, text, text.length, look);
  const rest = text.slice(part.shown) + closingOf(text, text.length);
  const outcome = await writing.surface.stop(part.id, rest, look);
  if (outcome.kind === 'done') {
    confirm(writing, part, text.length);
    return true;
  }
  if (outcome.kind === 'refused' && tooLong.has(outcome.error)) {
    await tooMuch(writing, part, text, text.length);
    return false;
  }
  if (outcome.kind === 'refused' && !notStreaming.has(outcome.error)) {
    if (!unchangeable.has(outcome.error)) valueOf(outcome);
    drop(writing, part);
    return false;
  }
  if (outcome.kind === 'unknown') await settle(writing, part);
  part.how = 'edit';
  return edit(writing, part, text, text.length, look);
}

async function endInNewMessage<C>(
  writing: Writing<C>,
  text: string,
  look: Look<C>,
): Promise<boolean> {
  const from = writing.shownTo;
  const reused = writing.reuse.shift();
  if (reused !== undefined) {
    const part = await added(writing, { id: reused, from, shown: from, how: 'edit' });
    return edit(writing, part, text, text.length, look);
  }
  const content = messageText(text, from, text.length, true);
  const posted = await create(
    writing,
    () => writing.surface.post(content, look),
    writing.options.retryMs,
  );
  if (posted.kind === 'refused') {
    if (!tooLong.has(posted.error)) valueOf(posted);
    shorten(writing, text.length - from);
    return false;
  }
  const part = await made(writing, posted.id, from, 'edit');
  confirm(writing, part, text.length);
  return posted.certain || edit(writing, part, text, text.length, look);
}

/** After a call to end a stream of which nobody knows what became. */
async function settle<C>(writing: Writing<C>, part: Part): Promise<void> {
  if ((await writing.surface.grows(part.id)) !== false) await halt(writing, part);
}

/**
 * Slack ended the stream: the rest goes into a fresh message. Where a person did, nothing more is shown before
 * the end, which is then edited in.
 */
async function afterStream<C>(
  writing: Writing<C>,
  part: Part,
  text: string,
  error: string,
): Promise<void> {
  part.how = 'edit';
  if (error === stoppedByPerson) return writing.pulse.wait(undefined, 'finish');
  await writing.pulse.wait(writing.options.stopGraceMs, 'finish');
  if (writing.pulse.finishing || part.shown === part.from) return;
  // Left as it is, such a message looks broken; an edit makes it one like any other.
  await sealPart(writing, part, text);
}

/** Replaces a message as a whole, whatever it shows. True when it stands. */
async function replace<C>(
  writing: Writing<C>,
  part: Part,
  text: string,
  upTo: number,
  look: Look<C> = writingLook,
): Promise<boolean> {
  await halt(writing, part);
  return edit(writing, part, text, upTo, look);
}

/** True when the message stands as wanted; false when it is sealed, gone or to be written with less. */
async function edit<C>(
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
  valueOf(outcome);
  confirm(writing, part, upTo);
  return true;
}

const isStillStreaming = (outcome: Outcome<unknown>): boolean =>
  outcome.kind === 'refused' && stillStreaming.has(outcome.error);

/** The message is full: it keeps what it shows, and the next one goes on with less at once. */
async function tooMuch<C>(
  writing: Writing<C>,
  part: Part,
  text: string,
  upTo: number,
): Promise<void> {
  shorten(writing, upTo - part.from);
  if (part.shown > part.from) await sealPart(writing, part, text);
}

async function made<C>(
  writing: Writing<C>,
  id: string,
  from: number,
  how: Part['how'],
): Promise<Part> {
  writing.posted = true;
  return added(writing, { id, from, shown: from, how });
}

async function added<C>(writing: Writing<C>, part: Part): Promise<Part> {
  writing.parts.push(part);
  writing.current = part;
  await tellWhereItStands(writing);
  return part;
}
