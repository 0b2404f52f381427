import { type Form, respond } from '../answers/respond.ts';
import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import { allowing } from '../http/guard.ts';
import { answerSchema, type ShownAnswer } from '../schemas/answer.ts';
import { askBodySchema, idempotencyHeaders } from '../schemas/ask.ts';
import { eventSchema } from '../schemas/events.ts';
import { problems } from '../schemas/problem.ts';
import { asEvent, streamOpening } from '../sse.ts';
import { callerOf, localeOf, onlyOf } from './request.ts';

/** `POST /v1/ask`: one answer, whole as JSON or as its events while it is written. */
export function serveAsk(app: Api, context: ApiContext): void {
  const schema = {
    operationId: 'ask',
    tags: ['answers'],
    summary: 'Ask the twin',
    description:
      'Scope: ask. With `Accept: text/event-stream` the answer comes as events while it is written; leaving the stream stops it. A limit, a missing right or an Idempotency-Key in use is told by the status in both forms; what fails later, by the last event.',
    headers: idempotencyHeaders,
    body: askBodySchema,
    response: {
      200: {
        description: 'The answer; or that the writing does not answer this, which is no failure.',
        content: {
          'application/json': { schema: answerSchema },
          'text/event-stream': { schema: eventSchema },
        },
      },
      ...problems,
    },
  };
  const onRequest = allowing(context.ports.keys, 'ask');
  app.post('/v1/ask', { onRequest, schema }, async (request, reply) => {
    const { question, thread, history, length, locale, ...only } = request.body;
    const asking = {
      caller: callerOf(request),
      question,
      thread: thread ?? null,
      history: history ?? null,
      only: onlyOf(only),
      length,
      locale: localeOf(request, locale),
      idempotencyKey: request.headers['idempotency-key'] ?? null,
    };
    const streaming = request.headers.accept?.includes('text/event-stream') === true;
    return (await respond(context, reply, asking, form, streaming)) ?? reply;
  });
}

const form: Form<ShownAnswer> = {
  whole: (answer, how) => ({ ...answer, ...how }),
  async *pieces(events) {
    yield streamOpening;
    for await (const event of events) yield asEvent(event);
  },
};
