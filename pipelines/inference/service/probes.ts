import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { aboutPath, type aboutSchema, version } from '../protocol/question.ts';
import { allowing } from './guard.ts';
import type { InferenceMetrics } from './metrics.ts';
import type { Check } from './readiness.ts';

export type ProbePorts = {
  readonly metrics: Pick<InferenceMetrics, 'registry'>;
  readonly ready: () => Promise<readonly Check[]>;
  readonly draining: () => boolean;
};

/**
 * `GET /health/live`: the process lives. `GET /health/ready`: 200 while questions can be answered, else 503.
 * `GET /metrics`: Prometheus' text format. All of them are open, as probes bring no token, and hold names and numbers
 * only. `GET /v1/about`, with the token: what askers want to know before they ask.
 */
export function serveProbes(
  app: FastifyInstance,
  { metrics: { registry }, ready, draining }: ProbePorts,
  { token, release }: { readonly token: string | undefined; readonly release: string },
): void {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const checks = await ready();
    const well = checks.every(({ ok, needed }) => ok || !needed);
    const status = draining() ? 'draining' : well ? 'ready' : 'not-ready';
    return reply.code(status === 'ready' ? 200 : 503).send({ status, release, checks });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
  const about: z.infer<typeof aboutSchema> = { version, release };
  app.get(aboutPath, { onRequest: allowing(token) }, async () => about);
}
