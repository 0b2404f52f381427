import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { ApiError } from './api-error.ts';

/**
 * Requests a minute and key, counted in this process; with the `RateLimit-*` headers of the IETF draft. How many
 * questions somebody may ask is the conversation's to decide, for all processes.
 */
export async function limitRequests(app: FastifyInstance, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    // Runs after each route's own hook: where that opened no key, the route is for probes and people.
    allowList: ({ caller }) => caller === null,
    max: perMinute,
    timeWindow: 60_000,
    enableDraftSpec: true,
    keyGenerator: ({ caller, ip }) => caller?.id ?? ip,
    errorResponseBuilder: (_request, { ttl, max }) =>
      new ApiError(`This key has made its ${max} requests of this minute.`, {
        status: 429,
        code: 'rate.key',
        title: 'Too many requests',
        hint: 'Wait as long as Retry-After says; API_PER_MINUTE sets the limit.',
        retryAfterMs: ttl,
      }),
  });
}
