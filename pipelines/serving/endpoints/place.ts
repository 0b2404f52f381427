import type { TransientError } from '../../stores/errors.ts';
import type { Breaker } from './breaker.ts';
import type { Endpoint } from './port.ts';

/** An endpoint with what is known of it. */
export type Place = {
  readonly endpoint: Endpoint;
  readonly breaker: Breaker;
  /** What its health route last said; true where nobody asked. */
  healthy: boolean;
  running: number;
  succeeded: number;
  failed: number;
  /** It said that it is overloaded: until then (clock) others are preferred. */
  quietUntil: number;
  lastFailure: TransientError | null;
};
