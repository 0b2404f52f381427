import type { FastifyReply } from 'fastify';
import type { ReplyEvent } from '../../conversation/channel.ts';
import { type Say, stringsFor } from '../../strings/strings.ts';
import type { ApiContext } from '../context.ts';
import type { ApiError } from '../http/api-error.ts';
import { understand } from '../http/understand.ts';
import type { ShownEvent } from '../schemas/events.ts';
import { eventStream } from '../sse.ts';
import { accessOf } from './access.ts';
import type { Asking } from './asking.ts';
import { type Begun, beginAnswer } from './begin.ts';
import { recordedAnswer } from './recorded.ts';
import { replayed } from './replay.ts';
import { shownEvent } from './show.ts';
import { unended, type WholeAnswer, wholeAnswer } from './whole.ts';

/** How a protocol shows an answer. */
export type Form<Whole> = {
  whole(answer: WholeAnswer, how: { readonly thread: string; readonly replayed: boolean }): Whole;
  /** The pieces of a stream; the events end in one `done`, `error` or `stopped`. */
  pieces(events: AsyncIterable<ShownEvent>): AsyncIterable<string>;
};

/**
 * Asks, and answers the request in the form its protocol has: as one document, or piece by piece. Whoever leaves stops
 * the answer.
 *
 * @returns the document; null where a stream is on its way
 */
export async function respond<Whole>(
  context: ApiContext,
  reply: FastifyReply,
  asking: Asking,
  form: Form<Whole>,
  streaming: boolean,
): Promise<Whole | null> {
  const beganMs = performance.now();
  const say = stringsFor(asking.locale);
  const waiting = context.running.begin(reply.raw);
  let ended = waiting.end;
  try {
    const begun = await beginAnswer(context, asking, waiting.signal);
    const { thread } = begun;
    const given = begun.kind === 'recorded' ? await recorded(context, asking, begun.trace) : null;
    if (given) reply.header('idempotency-replayed', 'true');
    if (!streaming) {
      const answer = given ?? (await wholeAnswer(live(context, begun, beganMs), say));
      return form.whole(answer, { thread, replayed: given !== null });
    }
    const events =
      begun.kind === 'recorded' && given !== null
        ? replayed(begun.trace, given)
        : shown(live(context, begun, beganMs), say, (error) => report(context, reply, error));
    const stream = eventStream(form.pieces(events), {
      everyMs: context.keepAliveMs,
      ended() {
        waiting.end();
        // Of a client that left before the first piece no event was ever read.
        if (begun.kind === 'live') begun.leave();
      },
    });
    ended = () => undefined;
    // Proxies that collect a response before they pass it on would make a stream of one piece.
    reply.header('x-accel-buffering', 'no');
    void reply.type('text/event-stream; charset=utf-8').send(stream);
    return null;
  } finally {
    ended();
  }
}

async function recorded(
  { ports, metrics }: ApiContext,
  { caller, only, locale }: Asking,
  trace: Parameters<typeof recordedAnswer>[0],
): Promise<WholeAnswer> {
  const access = await accessOf(ports, caller, only);
  const answer = await recordedAnswer(trace, ports, access, stringsFor(locale));
  metrics.replayed();
  return answer;
}

function live({ metrics }: ApiContext, begun: Begun, beganMs: number): AsyncIterable<ReplyEvent> {
  return begun.kind === 'live' ? metrics.observed(begun.events, beganMs) : nothing();
}

async function* nothing(): AsyncGenerator<ReplyEvent, void> {}

/** Once a stream has begun its status is sent: what fails then is said by its last event. */
async function* shown(
  events: AsyncIterable<ReplyEvent>,
  say: Say,
  failed: (error: ApiError) => void,
): AsyncGenerator<ShownEvent> {
  let ended = false;
  try {
    for await (const event of events) {
      const next = shownEvent(event, say);
      ended ||= next.type === 'done' || next.type === 'error' || next.type === 'stopped';
      yield next;
    }
    if (!ended) yield lastWords(unended());
  } catch (failure) {
    const error = understand(failure);
    failed(error);
    if (!ended) yield lastWords(error);
  }
}

const lastWords = ({ message, failed }: ApiError): ShownEvent => ({
  type: 'error',
  trace: failed.trace ?? null,
  error: {
    code: failed.code,
    message,
    hint: failed.hint ?? null,
    retryable: failed.retryAfterMs !== undefined,
  },
});

function report({ ports }: ApiContext, { request }: FastifyReply, error: ApiError): void {
  const { code } = error.failed;
  ports.log.error({ requestId: request.id, code, err: error.cause ?? error }, error.message);
}
