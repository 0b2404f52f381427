import { STATUS_CODES } from 'node:http';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';
import { ApiError } from './api-error.ts';

/** Whatever was thrown, as what the client is told of it. Words of our own inside stay inside: they go to the log. */
export function understand(failure: unknown): ApiError {
  if (failure instanceof ApiError) return failure;
  if (hasZodFastifySchemaValidationErrors(failure)) return invalidRequest(failure.validation);
  if (failure instanceof TransientError) {
    return new ApiError('Something that answering needs is not there at the moment.', {
      status: 503,
      code: failure.code,
      title: 'Not available at the moment',
      hint: 'Ask again in a moment.',
      retryAfterMs: failure.retryAfterMs ?? 5_000,
      cause: failure,
    });
  }
  if (failure instanceof PermanentError) return unexpected(failure, failure.code);
  const { statusCode: status = 500, message = '' } = failure as Partial<
    Error & { statusCode: number }
  >;
  if (status < 400 || status >= 500) return unexpected(failure, 'api.failed');
  return new ApiError(message, {
    status,
    code: codes[status] ?? 'request.refused',
    title: STATUS_CODES[status] ?? 'Refused',
    cause: failure,
  });
}

/** Names of what the server's own checks refuse. */
const codes: Readonly<Record<number, string>> = {
  400: 'request.invalid',
  404: 'request.unknown-path',
  408: 'request.timeout',
  413: 'request.too-large',
  415: 'request.not-json',
};

function invalidRequest(
  issues: readonly { readonly instancePath: string; readonly message?: string | undefined }[],
): ApiError {
  const errors = issues.map(({ instancePath, message = 'is not valid' }) => ({
    pointer: instancePath === '/' ? '' : instancePath,
    detail: message,
  }));
  const [first] = errors;
  const where = first?.pointer ? `${first.pointer}: ` : '';
  return new ApiError(`${where}${first?.detail ?? 'The request is not valid.'}`, {
    status: 400,
    code: 'request.invalid',
    title: 'The request does not have the shape it must have',
    hint: 'GET /openapi.json describes every route.',
    errors,
  });
}

const unexpected = (cause: unknown, code: string) =>
  new ApiError('Something went wrong on this side.', {
    status: 500,
    code,
    title: 'Failed',
    hint: 'Whoever runs this twin finds the reason in its log, under the id of the request.',
    cause,
  });
