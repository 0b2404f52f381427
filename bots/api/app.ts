import type { IncomingMessage, ServerResponse } from 'node:http';
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawServerDefault,
} from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { ApiError } from './http/api-error.ts';
import { allowOrigins } from './http/cors.ts';
import { sendFailure } from './http/problem.ts';
import { requestIdOf } from './http/request-id.ts';
import { understand } from './http/understand.ts';
import type { ApiMetrics } from './metrics.ts';
import type { ApiPorts } from './ports.ts';

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Bytes of a body where a route does not say otherwise. */
const bodyLimit = 512 * 1024;
/** How long a request may take to arrive, in milliseconds; its answer may take longer. */
const requestTimeout = 30_000;

/** The server as all routes have it: ids, headers, zod, failures, and what is counted. */
export function openApp(
  { log }: Pick<ApiPorts, 'log'>,
  { origins }: { readonly origins: readonly string[] },
  metrics: ApiMetrics,
): Api {
  const app = fastify({
    bodyLimit,
    requestTimeout,
    logger: false,
    genReqId: (request) => requestIdOf(request),
    // Idle connections only: what is being answered is waited for.
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-request-id': request.id });
  });
  allowOrigins(app, origins);
  app.addHook('onRequest', async (request, reply) => {
    const beganMs = performance.now();
    // Not `onResponse`, which never hears of a client that has left.
    reply.raw.once('close', () => {
      const route = request.routeOptions.url ?? 'unknown';
      const status = reply.raw.writableFinished ? reply.statusCode : clientLeft;
      metrics.request(route, request.method, status, (performance.now() - beganMs) / 1_000);
    });
  });
  app.setNotFoundHandler((request, reply) => sendFailure(unknownPath, request, reply));
  app.setErrorHandler((failure, request, reply) => {
    const error = understand(failure);
    if (error.failed.status >= 500) {
      const { code } = error.failed;
      log.error({ requestId: request.id, code, err: error.cause ?? error }, error.message);
    }
    return sendFailure(error, request, reply);
  });
  return app;
}

/** No status of HTTP's, as nobody gets it; servers and their dashboards agree on the number. */
const clientLeft = 499;

const unknownPath = new ApiError('There is nothing at this path.', {
  status: 404,
  code: 'request.unknown-path',
  title: 'Not found',
  hint: 'GET /openapi.json lists what there is, /docs shows it.',
});
