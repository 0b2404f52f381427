import type { FastifyReply } from 'fastify';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import { type SentFailure, sentFailure } from '../protocol/failure.ts';

/** A request that is not served, with the status it ends with. */
export class Refused extends Error {
  readonly status: number;
  readonly failure: PermanentError | TransientError;

  constructor(status: number, failure: PermanentError | TransientError) {
    super(failure.message, { cause: failure });
    this.name = 'Refused';
    this.status = status;
    this.failure = failure;
  }
}

/** Ends a request with what was thrown, and tells what was told. Fastify's own refusals keep their status. */
export function refuse(failure: unknown, reply: FastifyReply): SentFailure {
  const { status, failure: told } = failure instanceof Refused ? failure : understood(failure);
  const error = sentFailure(told);
  reply.code(status);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="understudy"');
  if (error.retryAfterMs !== null) {
    reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1_000)));
  }
  reply.send({ error });
  return error;
}

function understood(failure: unknown): { readonly status: number; readonly failure: unknown } {
  if (failure instanceof TransientError) {
    return { status: failure.code === 'inference.overloaded' ? 429 : 503, failure };
  }
  const { statusCode = 500 } = failure as { readonly statusCode?: number };
  if (statusCode < 400 || statusCode >= 500) return { status: 500, failure };
  return { status: statusCode, failure: notUnderstood(`status ${statusCode}`) };
}

/** Says which field is wrong and never what stands in it. */
export const notUnderstood = (what: string) =>
  new PermanentError(`The inference service does not understand the request: ${what}.`, {
    code: 'inference.misunderstood',
    hint: 'Bots and inference must be of versions that understand each other: update the older one.',
  });
