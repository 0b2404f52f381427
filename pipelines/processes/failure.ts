import type { Logger } from 'pino';
import { PermanentError, TransientError } from '../stores/errors.ts';

/** What a process tells whoever started it; the same numbers as the command's. */
export const exitCodes = { done: 0, usage: 2, outside: 3 } as const;

/** A start that failed is said in one line, with what to do about it; the exit status that it comes to. */
export function sayFailure(error: unknown, log: Logger): number {
  const known = error instanceof PermanentError || error instanceof TransientError;
  const about = known ? { code: error.code, hint: error.hint } : { err: error };
  log.fatal(about, error instanceof Error ? error.message : String(error));
  return known && error.code.startsWith('environment.') ? exitCodes.usage : exitCodes.outside;
}
