/**
 * Thrown by a handler that cannot work now and knows when it can, as under a rate limit: the job goes back
 * in line for `delayMs`, and this start does not count as an attempt.
 */
export class PostponedError extends Error {
  readonly delayMs: number;

  constructor(message: string, delayMs: number) {
    super(message);
    this.name = 'PostponedError';
    this.delayMs = delayMs;
  }
}
