import type { FallbackReason } from '../serving/chat/port.ts';
import { PermanentError, TransientError } from '../stores/errors.ts';
import type { Fallback } from './types.ts';

/** A stage's failure as what it means for the answer: that it was done without. */
export function fallbackOf(
  stage: Fallback['stage'],
  failure: unknown,
): Fallback & { readonly reason: FallbackReason } {
  if (failure instanceof TransientError) {
    return { stage, reason: reasonOf(failure.code), code: failure.code };
  }
  // Trying again would not help: it is about what was asked, or who asks, and not about the server's health.
  if (failure instanceof PermanentError) return { stage, reason: 'invalid', code: failure.code };
  return { stage, reason: 'invalid', code: `${stage}.unexpected` };
}

function reasonOf(code: string): FallbackReason {
  if (/\.(?:late|timeout)$/u.test(code)) return 'late';
  if (/\.(?:busy|overloaded)$/u.test(code)) return 'busy';
  return /\.(?:shape|misunderstood|empty)$/u.test(code) ? 'invalid' : 'down';
}
