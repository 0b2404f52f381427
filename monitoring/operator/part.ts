import { inTime } from '../../pipelines/in-time.ts';
import { PermanentError, TransientError } from '../../pipelines/stores/errors.ts';

/** Why something cannot be shown. */
export type Problem = {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
};

/** One thing to be shown, or why it cannot be. */
export type Part<T> = { readonly value: T } | { readonly problem: Problem };

/** Longest that anything is usually waited for, in milliseconds: one server that hangs must not hide the others. Longer than MongoDB is looked for. */
const answerWithinMs = 3_000;

/** Never fails. */
export async function part<T>(
  read: () => Promise<T>,
  withinMs: number = answerWithinMs,
): Promise<Part<T>> {
  try {
    return { value: await inTime((async () => await read())(), withinMs) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

export function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof PermanentError || error instanceof TransientError) {
    return { code: error.code, message, hint: error.hint };
  }
  return { code: 'operator.failed', message, hint: undefined };
}
