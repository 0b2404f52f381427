import type { FastifyInstance } from 'fastify';

const exposed = [
  'x-request-id',
  'retry-after',
  'location',
  'idempotency-replayed',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
].join(', ');

/**
 * Lets pages of these origins read what they ask for (WHATWG Fetch, "CORS protocol"); without any, none. Keys travel in
 * a header that a page must set itself, so no credentials are ever allowed.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return;
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': exposed,
      'cross-origin-resource-policy': 'cross-origin',
    });
    const isPreflight =
      request.method === 'OPTIONS' &&
      request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight) return;
    const headers = request.headers['access-control-request-headers'];
    await reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, POST',
        'access-control-max-age': '600',
        ...(headers !== undefined && { 'access-control-allow-headers': headers }),
      })
      .send();
  });
}
