import { settledValue } from '../web/call.ts';
import { endOfMessage, messageText, openingOf } from './cut.ts';
import { edit, replace } from './edit.ts';
import { type Look, tooLong } from './surface.ts';
import { confirm, create, type Part, shorten, tellWhereItStands, type Writing } from './writing.ts';

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
  const posted = await create(
    writing,
    () => surface.post(content, { kind: 'writing' }),
    options.retryMs,
  );
  if (posted.kind === 'refused') {
    if (tooLong.has(posted.error)) return void shorten(writing, upTo - from);
    return settledValue<never>(posted);
  }
  const part = await made(writing, posted.id, from, 'edit');
  if (posted.certain) confirm(writing, part, upTo);
  else await edit(writing, part, text, upTo, { kind: 'writing' });
  return part;
}

/** Shows the rest of the text in a message of its own, and ends it; false when there is more to do first. */
export async function endInNewMessage<C>(
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
    if (!tooLong.has(posted.error)) settledValue(posted);
    shorten(writing, text.length - from);
    return false;
  }
  const part = await made(writing, posted.id, from, 'edit');
  confirm(writing, part, text.length);
  return posted.certain || edit(writing, part, text, text.length, look);
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
