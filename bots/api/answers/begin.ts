import { randomUUID } from 'node:crypto';
import type { Trace } from '../../../monitoring/tracer.ts';
import type { ReplyEvent } from '../../conversation/channel.ts';
import type { Heard, KnownTurn } from '../../conversation/conversation.ts';
import { replyTo } from '../../conversation/stream.ts';
import { stringsFor } from '../../strings/strings.ts';
import { within } from '../../within.ts';
import type { ApiContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { ApiPorts } from '../ports.ts';
import { type Asking, messageOf, saidBefore } from './asking.ts';
import { refusalOf } from './refusals.ts';

/** What a question came to at first. */
export type Begun = {
  /** What to call the thread to go on in it. */
  readonly thread: string;
} & (
  | {
      readonly kind: 'live';
      readonly events: AsyncIterable<ReplyEvent>;
      /** For whoever may never come to read: lets go of the answer, at any time and as often as one likes. */
      readonly leave: () => void;
    }
  /** The Idempotency-Key was known: this is what was answered then. */
  | { readonly kind: 'recorded'; readonly trace: Trace }
);

/** After so many tries without an answer a client should think of another key. */
const mostTries = 8;

/**
 * How long a refusal is waited for before the stream begins, in milliseconds: it is told in no time, and a question
 * that has to wait for its turn should not keep its asker without a sign.
 */
const beginMs = 1_000;

/**
 * Asks the twin, or finds what the same request was answered before.
 *
 * @throws ApiError for what is refused before it begins: a limit, a missing right, a key in use.
 */
export async function beginAnswer(
  { ports, metrics }: Pick<ApiContext, 'ports' | 'metrics'>,
  asking: Asking,
  signal: AbortSignal,
): Promise<Begun> {
  const thread = asking.thread ?? randomUUID();
  for (let attempt = 0; attempt < mostTries; attempt += 1) {
    const message = messageOf(asking, thread, attempt);
    const { history } = asking;
    const events = replyTo(
      ports.conversation,
      message,
      signal,
      history === null ? undefined : async () => saidBefore(history),
    );
    const next = events.next();
    // It may fail after nobody waits for it any more.
    next.catch(() => undefined);
    const first = await within(next, beginMs);
    if (first === 'late' || first.done !== true) {
      if (first !== 'late' && first.value.type === 'notice') {
        await events.return(unheard);
        metrics.refused();
        throw refusalOf(first.value.notice, stringsFor(asking.locale));
      }
      const leave = () => void events.return(unheard).catch(() => undefined);
      return { kind: 'live', thread, events: resumed(next, events), leave };
    }
    if (first.value.kind !== 'duplicate') throw ended(first.value);
    const before = await ports.conversation.turnOf('api', message.event);
    if (before === undefined) throw inUse('it is being taken in');
    if (before.reply !== message.reply) throw otherRequest();
    const trace = await answerOf(ports, before);
    if (trace) return { kind: 'recorded', trace, thread: threadName(before, asking) };
  }
  throw new ApiError('This request ended without an answer too often.', {
    status: 409,
    code: 'idempotency.spent',
    title: 'No answer under this Idempotency-Key',
    hint: 'Ask under another Idempotency-Key.',
  });
}

const unheard: Heard = { kind: 'refused' };

async function* resumed(
  first: Promise<IteratorResult<ReplyEvent, Heard>>,
  events: AsyncGenerator<ReplyEvent, Heard>,
): AsyncGenerator<ReplyEvent, void> {
  try {
    for (let next = await first; next.done !== true; next = await events.next()) yield next.value;
  } finally {
    await events.return(unheard);
  }
}

/** The answer of an earlier try; undefined where it came to none, so that another may be made. */
async function answerOf(
  { traces }: ApiPorts,
  { trace, running }: KnownTurn,
): Promise<Trace | undefined> {
  if (running) throw inUse('it is being answered');
  const [found] = trace === null ? [] : await traces.traces({ ids: [trace] });
  return found?.outcome === 'answered' || found?.outcome === 'abstained' ? found : undefined;
}

const threadName = ({ thread }: KnownTurn, { caller }: Asking): string =>
  thread.slice(`api:${caller.name}:`.length);

const inUse = (why: string) =>
  new ApiError(`A request with this Idempotency-Key came in before: ${why}.`, {
    status: 409,
    code: 'idempotency.running',
    title: 'The same request is being served',
    hint: 'Send it again in a moment: then the answer is there.',
    retryAfterMs: 2_000,
  });

const otherRequest = () =>
  new ApiError('This Idempotency-Key stands for another request.', {
    status: 422,
    code: 'idempotency.mismatch',
    title: 'Another request has this Idempotency-Key',
    hint: 'A key names one request: make a new one for every question.',
  });

/** Nothing was answered and nothing said: the process is ending. */
const ended = ({ kind }: Heard) =>
  new ApiError('The question was not answered: this process is about to end.', {
    status: 503,
    code: kind === 'postponed' ? 'api.draining' : 'api.unanswered',
    title: 'Restarting',
    hint: 'Ask again in a moment.',
    retryAfterMs: 2_000,
  });
