import type { Dispatcher } from 'undici';
import type { Attempt } from '../../serving/endpoints/port.ts';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { AnswerBegun } from '../port.ts';
import { receivedFailure } from '../protocol/failure.ts';
import { linesOf, linesType, readLine } from '../protocol/lines.ts';
import { answersPath } from '../protocol/question.ts';
import type { AnswerEvent } from '../types.ts';
import { exchange, type Reply, service } from './exchange.ts';

type Event = AnswerBegun | AnswerEvent;

/**
 * One attempt at an answer, read to its end so that the connection can serve the next one.
 *
 * @param body a request as JSON
 * @throws TransientError `inference.unfinished` for a stream that ends before its last event, `inference.unreadable`
 *   for one that holds something else than events; PermanentError `inference.misunderstood` where no stream comes; what
 *   the service failed of; the signal's reason on abort
 */
export async function* answerEvents(
  attempt: Attempt,
  dispatcher: Dispatcher,
  body: string,
): AsyncGenerator<Event, void> {
  const { signal } = attempt;
  const reply = await exchange(attempt, dispatcher, answersPath, body);
  if (!reply.type.startsWith(linesType)) {
    reply.body.destroy();
    throw new PermanentError(`${service} did not send an answer but ${reply.type || 'nothing'}.`, {
      code: 'inference.misunderstood',
      hint: 'Check that INFERENCE_URL is the address of an inference process.',
    });
  }
  let last: Event | null = null;
  try {
    for await (const event of eventsOf(reply.body, attempt)) {
      if (last !== null) throw unreadable();
      if (event.type === 'done' || event.type === 'error') last = event;
      else yield event;
    }
  } catch (failure) {
    if (signal.aborted) throw signal.reason;
    // The answer is whole; how its connection ended does not matter any more.
    if (last === null || isUnreadable(failure)) throw failure;
  }
  if (last === null) throw unfinished();
  yield last;
}

async function* eventsOf(body: Reply, { alive }: Attempt): AsyncGenerator<Event, void> {
  for await (const text of readWhole(body)) {
    const line = readLine(text);
    if (line === null) throw unreadable();
    if (line.type === 'failed') throw receivedFailure(line.error);
    if (line.type === 'alive') alive();
    else yield line;
  }
}

/** The body's lines; what breaks off their bytes is the connection. */
async function* readWhole(body: Reply): AsyncGenerator<string, void> {
  const lines = linesOf(body);
  for (;;) {
    const next = await lines.next().catch((cause: unknown) => {
      throw cause instanceof RangeError ? unreadable() : unfinished(cause);
    });
    if (next.done) return;
    yield next.value;
  }
}

const isUnreadable = (failure: unknown) =>
  failure instanceof TransientError && failure.code === 'inference.unreadable';

const unfinished = (cause?: unknown) =>
  new TransientError('The answer broke off: the inference service ended it without finishing.', {
    code: 'inference.unfinished',
    hint: 'Ask again; if it keeps happening, look at the log of the inference process.',
    cause,
  });

const unreadable = () =>
  new TransientError('The inference service sent something that is no part of an answer.', {
    code: 'inference.unreadable',
    hint: 'Bots and inference must be of versions that understand each other: update the older one.',
  });
