import { TransientError } from '../../stores/errors.ts';
import type { Attempt } from '../endpoints/port.ts';

/** Requests after which an endpoint is asked again what it serves: 1 in 500 costs nothing. */
const requestsBetween = 500;

/**
 * Does `work` at the attempt's endpoint, after making sure by `verify` that it still serves the model it should:
 * before the first request, after each failure (a server that was restarted may have come back with another model), and
 * now and then. While `verify` refuses an endpoint it is asked every time.
 */
export type SameModel = <T>(attempt: Attempt, work: () => Promise<T>) => Promise<T>;

export function watchModel(
  verify: (attempt: Attempt) => Promise<void>,
  every = requestsBetween,
): SameModel {
  /** Requests an endpoint may still be given unasked. */
  const trusted = new Map<string, number>();
  return async (attempt, work) => {
    const { url } = attempt.endpoint;
    const left = trusted.get(url) ?? 0;
    if (left > 0) {
      trusted.set(url, left - 1);
    } else {
      await verify(attempt);
      trusted.set(url, every - 1);
    }
    try {
      return await work();
    } catch (error) {
      // An overloaded server, and one that refuses, is the server it was.
      if (error instanceof TransientError && !error.code.endsWith('.overloaded')) {
        trusted.delete(url);
      }
      throw error;
    }
  };
}
