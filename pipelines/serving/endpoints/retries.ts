import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import { TransientError } from '../../stores/errors.ts';
import type { RetryBudget } from './budget.ts';
import type { Clock } from './clock.ts';
import type { Place } from './place.ts';
import type { EndpointSettings } from './port.ts';
import { wait } from './wait.ts';

/** Decorrelated jitter as in Polly, about 100 ms at first. */
const backoffs = { initialDelay: 100, maxDelay: 5_000 };
/** A server that wants to be left alone for longer than this is: its failure is the answer. */
const longestWaitMs = 10_000;

export type Retries = {
  /** The places that failed this request. */
  readonly tried: ReadonlySet<Place>;
  /** What it failed of last. */
  readonly failure: TransientError | null;
  /** Resolves when the request may be tried again; rejects with the failure where it may not. */
  after(failure: unknown, place: Place): Promise<void>;
};

/** The retries of one request. */
export function openRetries(
  places: readonly Place[],
  { attempts }: EndpointSettings,
  budget: RetryBudget,
  clock: Clock,
  signals: readonly (AbortSignal | undefined)[],
): Retries {
  const tried = new Set<Place>();
  let backoff: IBackoff<unknown> | null = null;
  let begun = 1;
  let failure: TransientError | null = null;

  /** Elsewhere after the backoff alone: how long the one that failed wants to be spared says nothing of others. */
  const waitMs = (failed: TransientError, backoffMs: number) => {
    const elsewhere = places.some((place) => !tried.has(place) && isAsked(place) && place.healthy);
    return backoffMs + (elsewhere ? 0 : (failed.retryAfterMs ?? 0));
  };
  return {
    tried,
    get failure() {
      return failure;
    },
    async after(failed, place) {
      if (!(failed instanceof TransientError) || begun >= attempts) throw failed;
      failure = failed;
      tried.add(place);
      backoff =
        backoff === null ? new ExponentialBackoff(backoffs).next() : backoff.next(undefined);
      const ms = waitMs(failed, backoff.duration);
      if (ms > longestWaitMs || !places.some(isAsked) || !budget.withdraw()) throw failed;
      await wait(ms, clock, signals);
      begun += 1;
    },
  };
}

const isAsked = ({ breaker }: Place) => breaker.state() !== 'open';
