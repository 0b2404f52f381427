import { QdrantClientResourceExhaustedError } from '@qdrant/js-client-rest';
import { z } from 'zod';
import { PermanentError, TransientError } from '../../errors.ts';

/** What the client throws for a reply that is no success. */
const refusal = z.object({
  status: z.int(),
  data: z.unknown(),
});
const explained = z.object({ status: z.object({ error: z.string() }) });

/** The status of a reply, or undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof QdrantClientResourceExhaustedError) return 429;
  const parsed = refusal.safeParse(error);
  return parsed.success ? parsed.data.status : undefined;
}

/** How long the server asks to wait, in milliseconds; undefined where it does not say. */
export function retryAfterMs(error: unknown): number | undefined {
  return error instanceof QdrantClientResourceExhaustedError
    ? error.retry_after * 1_000
    : undefined;
}

/** Anything that went wrong while asking Qdrant, as one of our two kinds. */
export function failureOf(what: string, error: unknown): PermanentError | TransientError {
  if (error instanceof PermanentError || error instanceof TransientError) return error;
  const status = statusOf(error);
  if (status === undefined) return unreachable(what, error);
  const reply = explained.safeParse(refusal.safeParse(error).data?.data);
  const message = `Qdrant could not ${what}: ${reply.success ? reply.data.status.error : `status ${status}`}.`;
  if (status === 429) {
    const after = retryAfterMs(error);
    return new TransientError(message, {
      code: 'qdrant.busy',
      hint: 'Its rate limit is reached: ask less at once, or raise the limit (strict mode of the collection).',
      cause: error,
      ...(after !== undefined && { retryAfterMs: after }),
    });
  }
  if (status >= 500 || status === 408) {
    const hint =
      'Look into the log of the Qdrant server; `understudy doctor` tells whether it answers.';
    return new TransientError(message, { code: 'qdrant.failed', hint, cause: error });
  }
  if (status === 401 || status === 403) {
    const hint = 'Set QDRANT_API_KEY to a key that may write to this server.';
    return new PermanentError(message, { code: 'qdrant.refused', hint, cause: error });
  }
  const hint =
    'Qdrant 1.16 or newer is needed; compare the collection with what this version makes.';
  return new PermanentError(message, { code: 'qdrant.rejected', hint, cause: error });
}

function unreachable(what: string, error: unknown): TransientError {
  const late = error instanceof Error && error.name === 'TimeoutError';
  const why = late ? 'no answer in time' : causeOf(error);
  return new TransientError(`Qdrant could not ${what}: ${why}.`, {
    code: late ? 'qdrant.timeout' : 'qdrant.unreachable',
    hint: 'Check that QDRANT_URL is right and that the server runs.',
    cause: error,
  });
}

/** `fetch` itself says no more than that it failed. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== ''
    ? error.cause.message
    : error.message;
}
