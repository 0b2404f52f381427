import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';
import { healthSchema, readySchema } from '../schemas/health.ts';

/** `GET /healthz`: the process lives. `GET /readyz`: it can answer. Both are open: they tell nothing. */
export function serveHealth(app: Api, { ports, drain }: ApiContext): void {
  const live = {
    operationId: 'live',
    tags: ['operation'],
    summary: 'Whether the process lives',
    security: [],
    response: { 200: healthSchema },
  };
  app.get('/healthz', { schema: live }, async () => ({ status: 'ok' as const }));

  const ready = {
    operationId: 'ready',
    tags: ['operation'],
    summary: 'Whether the twin can answer',
    security: [],
    response: { 200: readySchema, 503: readySchema },
  };
  app.get('/readyz', { schema: ready }, async (_request, reply) => {
    const checks = await ports.ready().catch(() => [{ name: 'readiness', ok: false }]);
    const isReady = checks.every(({ ok }) => ok);
    const status = drain.draining() ? 'draining' : isReady ? 'ready' : 'not-ready';
    return reply.code(status === 'ready' ? 200 : 503).send({ status, checks: [...checks] });
  });
}
