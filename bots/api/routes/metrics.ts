import { z } from 'zod';
import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import { allowing } from '../http/guard.ts';
import { isFromThisMachine } from '../http/loopback.ts';
import { problems } from '../schemas/problem.ts';

/** `GET /metrics`, in Prometheus’ text format: for this machine, or with a key. */
export function serveMetrics(app: Api, { ports, metrics: { registry } }: ApiContext): void {
  const withKey = allowing(ports.keys, 'metrics');
  const schema = {
    operationId: 'metrics',
    tags: ['operation'],
    summary: 'What the API counts of itself',
    description: 'Scope: metrics; none for whoever asks from this machine, and not for others.',
    response: {
      200: {
        description: 'Prometheus’ text format.',
        content: { 'text/plain': { schema: z.string() } },
      },
      ...problems,
    },
  };
  app.get(
    '/metrics',
    {
      schema,
      async onRequest(request, reply) {
        if (!isFromThisMachine(request)) await withKey.call(app, request, reply);
      },
    },
    async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  );
}
