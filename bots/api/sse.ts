import { Readable } from 'node:stream';
import { within } from '../within.ts';

/** One `data:` field an event (WHATWG HTML, section 9.2); JSON has no raw line breaks. */
export const asEvent = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

/** Begins every stream; how long a client that reconnects by itself should wait, in milliseconds. */
export const streamOpening = 'retry: 3000\n\n';

const keepAlive = ': keep-alive\n\n';

/**
 * The pieces as a stream of bytes to send, with a comment whenever nothing was said for `everyMs`: proxies cut
 * connections that seem dead. `ended` is told once, however it ends.
 */
export function eventStream(
  pieces: AsyncIterable<string>,
  { everyMs, ended }: { readonly everyMs: number; readonly ended: () => void },
): Readable {
  const stream = Readable.from(keptAlive(pieces, everyMs), { objectMode: false });
  return stream.once('close', ended);
}

async function* keptAlive(pieces: AsyncIterable<string>, everyMs: number): AsyncGenerator<string> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    while (true) {
      const piece = await within(next, everyMs);
      if (piece === 'late') {
        yield keepAlive;
        continue;
      }
      if (piece.done) return;
      yield piece.value;
      next = iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
}
