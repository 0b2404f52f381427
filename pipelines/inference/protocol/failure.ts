import { z } from 'zod';
import { PermanentError, TransientError } from '../../stores/errors.ts';

/** A failure on its way to another process: of which kind it is survives, with all that is told of it. */
export const failureSchema = z.object({
  kind: z.enum(['permanent', 'transient']),
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  retryAfterMs: z.number().min(0).nullable(),
});
export type SentFailure = z.infer<typeof failureSchema>;

/** The body of every reply that is not a success. */
export const refusalSchema = z.object({ error: failureSchema });

/** Of what is neither of the two kinds nothing is told: it may hold anything. */
export function sentFailure(failure: unknown): SentFailure {
  if (failure instanceof TransientError) {
    const { code, message, hint = null, retryAfterMs = null } = failure;
    return { kind: 'transient', code, message, hint, retryAfterMs };
  }
  if (failure instanceof PermanentError) {
    const { code, message, hint = null } = failure;
    return { kind: 'permanent', code, message, hint, retryAfterMs: null };
  }
  return {
    kind: 'permanent',
    code: 'inference.failed',
    message: 'Something went wrong in the inference service.',
    hint: 'This is a defect in Understudy: its log says where.',
    retryAfterMs: null,
  };
}

export function receivedFailure(sent: SentFailure): PermanentError | TransientError {
  const { kind, code, message, hint, retryAfterMs } = sent;
  const about = { code, ...(hint !== null && { hint }) };
  return kind === 'permanent'
    ? new PermanentError(message, about)
    : new TransientError(message, { ...about, ...(retryAfterMs !== null && { retryAfterMs }) });
}
