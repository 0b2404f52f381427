/**
 * The two kinds of failure every room of the pipelines knows.
 *
 * A transient failure may go away by itself: try again, later. A permanent one will not: somebody has
 * to change something, and `hint` says what.
 */
export type Failure = {
  /** Stable machine-readable name, for example `store.schema-too-new`. */
  readonly code: string;
  /** What to do about it, one sentence for a person. */
  readonly hint?: string;
  readonly cause?: unknown;
};

export class PermanentError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(message: string, { code, hint, cause }: Failure) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'PermanentError';
    this.code = code;
    this.hint = hint;
  }
}

export class TransientError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  /** Earliest sensible retry, milliseconds from now; absent when nobody said. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    { code, hint, cause, retryAfterMs }: Failure & { readonly retryAfterMs?: number },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TransientError';
    this.code = code;
    this.hint = hint;
    this.retryAfterMs = retryAfterMs;
  }
}
