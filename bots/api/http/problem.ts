import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ProblemBody } from '../schemas/problem.ts';
import type { ApiError } from './api-error.ts';

/** The failure as RFC 9457 has it. */
export function problemOf(error: ApiError, requestId: string): ProblemBody {
  const { status, code, title, hint, retryAfterMs, trace, errors } = error.failed;
  return {
    type: `urn:understudy:problem:${code}`,
    title,
    status,
    detail: error.message,
    instance: `urn:understudy:request:${requestId}`,
    code,
    hint: hint ?? null,
    requestId,
    ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }),
    ...(trace !== undefined && { trace }),
    ...(errors && { errors: [...errors] }),
  };
}

/** The failure as OpenAI's clients read it; their classes of errors go by the status. */
export function openAiErrorOf({ message, failed: { status, code, errors } }: ApiError) {
  return {
    error: { message, type: openAiType(status), param: errors?.[0]?.pointer ?? null, code },
  };
}

function openAiType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}

/** Writes the failure in the shape the route's clients expect. */
export function sendFailure(
  error: ApiError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status, retryAfterMs, headers = {} } = error.failed;
  reply.code(status).headers(headers);
  if (retryAfterMs !== undefined) {
    reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  }
  return request.routeOptions.config?.errors === 'openai'
    ? reply.type('application/json').send(openAiErrorOf(error))
    : reply.type('application/problem+json').send(problemOf(error, request.id));
}
