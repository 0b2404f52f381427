/** What a request failed of, as the client is told. */
export type Failed = {
  readonly status: number;
  /** Stable name, for programs. */
  readonly code: string;
  /** What kind of problem it is. */
  readonly title: string;
  readonly hint?: string | null;
  readonly retryAfterMs?: number;
  readonly trace?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** A failure whose words may be shown to the client. Thrown by routes and hooks; one error handler writes it. */
export class ApiError extends Error {
  readonly failed: Failed;

  constructor(detail: string, failed: Failed) {
    super(detail, failed.cause === undefined ? undefined : { cause: failed.cause });
    this.name = 'ApiError';
    this.failed = failed;
  }
}
