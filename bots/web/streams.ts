import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

export type Streams = {
  /**
   * Sends events as server-sent events until `events` ends, the reader leaves or the server closes.
   * An `answer` may finish when the server closes; a `watch` never ends by itself and is cut.
   */
  send(
    kind: 'answer' | 'watch',
    reply: FastifyReply,
    events: (signal: AbortSignal) => AsyncIterable<unknown>,
  ): FastifyReply;
  /** Cuts what only watches, waits for answers at most `graceMs`, then cuts those too. */
  finish(graceMs: number): Promise<void>;
};

export function openStreams(): Streams {
  const running = new Map<AbortController, { kind: 'answer' | 'watch'; ended: Promise<void> }>();
  const cut = (kinds: readonly string[]) => {
    for (const [controller, { kind }] of running) if (kinds.includes(kind)) controller.abort();
  };
  return {
    send(kind, reply, events) {
      const controller = new AbortController();
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      running.set(controller, { kind, ended });
      const lines = Readable.from(asLines(events(controller.signal), controller.signal));
      reply.raw.once('close', () => controller.abort());
      lines.once('close', () => {
        running.delete(controller);
        resolve();
      });
      return reply.header('content-type', 'text/event-stream; charset=utf-8').send(lines);
    },
    async finish(graceMs) {
      cut(['watch']);
      const ended = Promise.all([...running.values()].map((stream) => stream.ended));
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, graceMs);
      await Promise.race([ended, late]);
      clearTimeout(timer);
      cut(['answer', 'watch']);
    },
  };
}

/** One `data:` line an event (WHATWG HTML, section 9.2); JSON has no raw line breaks. */
async function* asLines(events: AsyncIterable<unknown>, signal: AbortSignal) {
  // Something at once, so that the reader sees the stream has begun.
  yield ': open\n\n';
  for await (const event of events) {
    if (signal.aborted) return;
    yield `data: ${JSON.stringify(event)}\n\n`;
  }
}
