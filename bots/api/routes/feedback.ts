import { z } from 'zod';
import type { Api } from '../app.ts';
import { apiPlace, personOf } from '../auth/caller.ts';
import type { ApiContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { allowing } from '../http/guard.ts';
import { feedbackBodySchema } from '../schemas/feedback.ts';
import { problems } from '../schemas/problem.ts';
import { callerOf } from './request.ts';

/** `POST /v1/feedback`: a thumb and, if somebody wants to say why, a reason. */
export function serveFeedback(app: Api, { ports }: ApiContext): void {
  const schema = {
    operationId: 'giveFeedback',
    tags: ['answers'],
    summary: 'A thumb on an answer',
    description: 'Scope: feedback. The later one of a key counts.',
    body: feedbackBodySchema,
    response: { 204: z.undefined().meta({ description: 'Taken.' }), ...problems },
  };
  const onRequest = allowing(ports.keys, 'feedback');
  app.post('/v1/feedback', { onRequest, schema }, async (request, reply) => {
    const { trace, value, reason } = request.body;
    const known = await ports.conversation.feedback({
      trace,
      place: apiPlace,
      person: personOf(callerOf(request)),
      value,
      reason: reason || null,
    });
    if (!known) throw unknown;
    return reply.code(204).send();
  });
}

const unknown = new ApiError('There is no answer of this trace, or it is no longer kept.', {
  status: 404,
  code: 'feedback.unknown-trace',
  title: 'No such answer',
});
