import { PermanentError, TransientError } from '../stores/errors.ts';
import type { Reason } from './events.ts';

/** A failure as a person reads it: what happened, and what to do when that is known. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof PermanentError || error instanceof TransientError) {
    const message = error.hint ? `${error.message} ${error.hint}` : error.message;
    return { code: error.code, message };
  }
  return {
    code: 'collect.unexpected',
    message: `Unexpected: ${error instanceof Error ? error.message : String(error)}`,
  };
}
