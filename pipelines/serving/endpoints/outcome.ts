import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { Trial } from './breaker.ts';
import type { Place } from './place.ts';

/** How long an overloaded endpoint is spared while there are others, unless it said so itself, in milliseconds. */
const quietMs = 1_000;

/** Books how an attempt ended. Being overloaded is backpressure, not a fault: the breaker stays out of it. */
export function book(place: Place, trial: Trial, ended: Ended, now: number): void {
  if (ended === 'succeeded') {
    place.succeeded += 1;
    trial.succeeded();
  } else if (ended === 'left') {
    trial.dropped();
  } else if (ended.error instanceof PermanentError) {
    // The server is well enough to refuse.
    trial.succeeded();
  } else if (!(ended.error instanceof TransientError)) {
    trial.dropped();
  } else if (ended.error.code.endsWith('.overloaded')) {
    place.quietUntil = now + (ended.error.retryAfterMs ?? quietMs);
    trial.dropped();
  } else {
    place.failed += 1;
    place.lastFailure = ended.error;
    trial.failed();
  }
}

export type Ended = 'succeeded' | 'left' | { readonly error: unknown };
