import type { ReplyEvent } from '../../conversation/channel.ts';
import { within } from '../../within.ts';
import { openAnswerRenderer } from './answer.ts';

type Text = Extract<ReplyEvent, { type: 'text' }>;

/** What the page is sent: each event as it is, and now and then the answer so far as safe HTML. */
export type PagedEvent = Exclude<ReplyEvent, Text> | (Text & { readonly html?: string });

/** More often than this nobody sees a difference, milliseconds. */
const renderEveryMs = 50;

/**
 * Adds the rendered answer to its events. A language model sends a few letters at a time: rendering all of the answer
 * for each of them would take longer than the model does, so it is rendered at most every `everyMs`, and at its end.
 */
export async function* paced(
  events: AsyncIterable<ReplyEvent>,
  everyMs = renderEveryMs,
): AsyncGenerator<PagedEvent, void> {
  const render = openAnswerRenderer();
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  let renderedMs = Number.NEGATIVE_INFINITY;
  let stale = false;
  const rendered = () => {
    stale = false;
    renderedMs = performance.now();
    return render.html();
  };
  try {
    for (;;) {
      const result = stale
        ? await within(next, renderedMs + everyMs - performance.now())
        : await next;
      if (result === 'late') {
        yield { type: 'text', text: '', citations: [], html: rendered() };
        continue;
      }
      if (result.done === true) return;
      next = iterator.next();
      const event = result.value;
      if (event.type === 'text') {
        render.add(event);
        stale = true;
        const due = performance.now() - renderedMs >= everyMs;
        yield due ? { ...event, html: rendered() } : event;
        continue;
      }
      if (stale) yield { type: 'text', text: '', citations: [], html: rendered() };
      yield event;
    }
  } finally {
    next.catch(() => undefined);
    await iterator.return?.();
  }
}
