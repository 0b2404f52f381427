import { sentFailure } from '../protocol/failure.ts';
import type { Sent } from '../protocol/lines.ts';
import { hasLeft } from './running.ts';

/** What is sent of one answer: what the pipeline says, or why it was not let finish. Never throws. */
export async function* answerLines(
  events: () => Promise<AsyncIterable<Sent>>,
  signal: AbortSignal,
): AsyncGenerator<Sent, void> {
  try {
    yield* await events();
  } catch (failure) {
    // Nobody is there to read it, and leaving is no failure.
    if (hasLeft(signal)) return;
    yield { type: 'failed', error: sentFailure(signal.aborted ? signal.reason : failure) };
  }
}

const alive = '{"type":"alive"}\n';

/**
 * The lines as bytes to send, with a sign of life every so often while nothing else is said: whoever waits can tell a
 * slow answer from a dead connection, and proxies do not cut it.
 *
 * @param everyMs between two looks whether something was said
 */
export async function* written(
  lines: AsyncIterable<Sent>,
  everyMs: number,
  note: (line: Sent) => void,
): AsyncGenerator<string, void> {
  const iterator = lines[Symbol.asyncIterator]();
  let quiet = Promise.withResolvers<'quiet'>();
  const timer = setInterval(() => {
    quiet.resolve('quiet');
    quiet = Promise.withResolvers();
  }, everyMs);
  try {
    let next = iterator.next();
    for (;;) {
      const line = await Promise.race([next, quiet.promise]);
      if (line === 'quiet') {
        yield alive;
        continue;
      }
      if (line.done) return;
      note(line.value);
      yield `${JSON.stringify(line.value)}\n`;
      next = iterator.next();
    }
  } finally {
    clearInterval(timer);
    // Not awaited: what the pipeline does at this moment may not hear that it is over.
    void iterator.return?.()?.then(undefined, () => undefined);
  }
}
