import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { localPerson, localPlace } from '../../conversation/local.ts';
import type { PlaygroundPorts } from '../ports.ts';

const bodySchema = z.strictObject({
  trace: z.uuid(),
  value: z.enum(['up', 'down']),
  reason: z.string().trim().max(1_000).nullable().default(null),
});

/** `POST /feedback`: a thumb and, if somebody wants to say why, a reason. The later one counts. */
export function serveFeedback(app: FastifyInstance, { conversation }: PlaygroundPorts): void {
  app.post('/feedback', async (request, reply) => {
    const body = bodySchema.safeParse(request.body);
    if (!body.success) {
      const message =
        'Feedback names an answer, up or down, and at most 1,000 characters of reason.';
      return reply.code(400).send({ code: 'web.feedback', message });
    }
    const { trace, value, reason } = body.data;
    const known = await conversation.feedback({
      trace,
      place: localPlace('web'),
      person: localPerson,
      value,
      reason: reason || null,
    });
    if (known) return reply.code(204).send();
    return reply.code(404).send({ code: 'web.trace', message: 'This answer is no longer kept.' });
  });
}
