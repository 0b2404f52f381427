import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

const exposedHeaders = [
  'x-request-id',
  'retry-after',
  'location',
  'idempotency-replayed',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
];

/**
 * Lets pages of these origins read what they ask for; without any, none. Keys travel in a header that a page must set
 * itself, so no credentials are ever allowed.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST'],
    exposedHeaders,
    maxAge: 600,
  });
  app.addHook('onRequest', async ({ headers: { origin } }, reply) => {
    if (origin === undefined || !origins.includes(origin)) return;
    reply.header('cross-origin-resource-policy', 'cross-origin');
  });
}
