import { PermanentError, TransientError } from '../stores/errors.ts';
import type { Job, Seen } from './port.ts';
import { PostponedError } from './postponed.ts';

/** What becomes of a job when its handler has ended. */
export type Ending =
  | { readonly outcome: 'done' }
  | { readonly outcome: 'dead'; readonly reason: string }
  /** A postponed start does not count. */
  | {
      readonly outcome: 'retry' | 'postponed';
      readonly reason: string;
      readonly delayMs: number;
    }
  /** A shutdown interrupted it: it keeps its place, and the start does not count. */
  | { readonly outcome: 'interrupted' };

export const cancelled = 'The job was cancelled.';
export const vanished = 'its worker vanished';
export const takenOver = 'Another worker has taken the job over.';
export const shuttingDown = 'The worker is shutting down.';

/** A retry never waits longer than this, unless its failure asked for more. */
const longestBackoffMs = 5 * 60_000;

/** What a failed handler means for its job. */
export function endingOf(
  error: unknown,
  job: Pick<Job, 'attempts' | 'maxAttempts'>,
  backoffMs: number,
): Ending {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof PostponedError) {
    return { outcome: 'postponed', reason, delayMs: Math.max(0, error.delayMs) };
  }
  if (error instanceof PermanentError || job.attempts >= job.maxAttempts) {
    return { outcome: 'dead', reason };
  }
  const full = Math.min(longestBackoffMs, backoffMs * 2 ** (job.attempts - 1));
  // Half fixed, half chance: apart from each other, yet never at once.
  const delayMs = Math.round(full / 2 + (Math.random() * full) / 2);
  const asked = error instanceof TransientError ? (error.retryAfterMs ?? 0) : 0;
  return { outcome: 'retry', reason, delayMs: Math.max(delayMs, asked) };
}

/** Tells `observe` of one start; its failure is its own and does not become the job's. */
export function tell(
  observe: ((seen: Seen) => void) | undefined,
  job: Job,
  outcome: Seen['outcome'],
): void {
  if (!observe) return;
  const startedAt = Date.parse(job.startedAt ?? job.runAt);
  const waitMs = Math.max(0, startedAt - Date.parse(job.runAt));
  const runMs = Math.max(0, Date.now() - startedAt);
  try {
    observe({ queue: job.queue, outcome, waitMs, runMs });
  } catch {
    // A metric that cannot be taken must not cost the work that was done.
  }
}
