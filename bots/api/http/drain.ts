import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';

/** Whether the API is on its way out. */
export type Drain = {
  readonly draining: () => boolean;
  begin(): void;
};

/** Probes still get their answer: they are how a load balancer learns of it. */
const open = new Set(['/healthz', '/readyz', '/metrics']);

/** Once begun, whatever is new is sent elsewhere: 503, come back soon, and not on this connection. */
export function openDrain(app: FastifyInstance): Drain {
  let isDraining = false;
  app.addHook('onRequest', async (request, reply) => {
    if (!isDraining) return;
    reply.header('connection', 'close');
    if (open.has(request.routeOptions.url ?? '')) return;
    throw new ApiError('This process is about to end and takes nothing new.', {
      status: 503,
      code: 'api.draining',
      title: 'Restarting',
      hint: 'Ask again in a moment: another process takes over.',
      retryAfterMs: 2_000,
    });
  });
  return {
    draining: () => isDraining,
    begin() {
      isDraining = true;
    },
  };
}
