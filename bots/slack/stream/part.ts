import { settledValue } from '../web/call.ts';
import { endInNewMessage } from './begin.ts';
import { closingOf } from './cut.ts';
import { edit, replace, sealPart, settle, tooMuch } from './edit.ts';
import { type Look, notStreaming, stoppedByPerson, tooLong, unchangeable } from './surface.ts';
import { confirm, drop, type Part, type Writing } from './writing.ts';

/** Brings a message up to an offset. Afterwards it may be the current one no more. */
export async function writePart<C>(
  writing: Writing<C>,
  part: Part,
  text: string,
  upTo: number,
): Promise<void> {
  if (part.how === 'edit') return void (await edit(writing, part, text, upTo, { kind: 'writing' }));
  const tasks = writing.tasks.splice(0);
  const outcome = await writing.surface.append(part.id, text.slice(part.shown, upTo), tasks);
  if (outcome.kind === 'done') return confirm(writing, part, upTo);
  if (outcome.kind === 'unknown') return void (await replace(writing, part, text, upTo));
  if (notStreaming.has(outcome.error)) {
    return afterStream(writing, part, text, outcome.error);
  }
  if (tooLong.has(outcome.error)) return tooMuch(writing, part, text, upTo);
  if (unchangeable.has(outcome.error)) return drop(writing, part);
  settledValue(outcome);
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
    if (!unchangeable.has(outcome.error)) settledValue(outcome);
    drop(writing, part);
    return false;
  }
  if (outcome.kind === 'unknown') await settle(writing, part);
  part.how = 'edit';
  return edit(writing, part, text, text.length, look);
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
