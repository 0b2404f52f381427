import { CircuitState, CountBreaker, ExponentialBackoff, type IBackoff } from 'cockatiel';
import type { Clock } from './clock.ts';
import type { EndpointState } from './port.ts';

/** Opens when more than half of the last twenty attempts failed, five at least. */
const trips = { threshold: 0.5, size: 20, minimumNumberOfCalls: 5 };
/** How long it stays open: about this at first, then longer each time the trial fails; with jitter. */
const opens = { initialDelay: 1_000, maxDelay: 30_000 };

/** One attempt, as the breaker sees it. Only the first verdict counts, and only while it is of this period. */
export type Trial = {
  /** The server answers: what was being tried out is well, though the attempt goes on. */
  begun(): void;
  succeeded(): void;
  failed(): void;
  /** Nothing is known: the caller left. */
  dropped(): void;
};

export type Breaker = {
  state(): EndpointState['breaker'];
  /** Whether an attempt may begin now; half-open, one at a time may. */
  permits(): boolean;
  begin(): Trial;
  /** The server came back as far as others can see: the next attempt may try it. */
  tryAgain(): void;
  /** Milliseconds until an attempt may try it again. */
  closedForMs(): number;
};

/**
 * A circuit breaker (Nygard, Release It!) that can be asked before it is used, and that a stream can report to as it
 * goes. Cockatiel's own policy takes an attempt for one promise, lets a second request wait behind the trial instead
 * of going elsewhere, and reads the wall clock; its counting and its backoff are what is used of it here.
 *
 * @param changed called after every change of state
 */
export function openBreaker(clock: Clock, changed: () => void): Breaker {
  let counts = new CountBreaker(trips);
  /** Null while closed. */
  let open: { readonly waits: IBackoff<unknown>; until: number; trying: boolean } | null = null;
  /** Verdicts on attempts of an earlier period say nothing about this one. */
  let period = 0;

  const trip = (waits: IBackoff<unknown>) => {
    period += 1;
    open = { waits, until: clock.now() + waits.duration, trying: false };
    changed();
  };
  const close = () => {
    period += 1;
    open = null;
    counts = new CountBreaker(trips);
    changed();
  };
  return {
    state: () => (open === null ? 'closed' : clock.now() < open.until ? 'open' : 'half-open'),
    permits: () => open === null || (!open.trying && clock.now() >= open.until),
    closedForMs: () => (open === null ? 0 : Math.max(0, open.until - clock.now())),
    tryAgain() {
      if (open === null) return;
      open.until = Math.min(open.until, clock.now());
      changed();
    },
    begin() {
      const begunIn = period;
      const trial = open;
      if (trial !== null) trial.trying = true;
      let decided = false;
      const decide = (verdict: () => void) => () => {
        if (decided || begunIn !== period) return;
        decided = true;
        verdict();
      };
      return {
        begun() {
          if (trial !== null && begunIn === period) close();
        },
        succeeded: decide(() =>
          trial === null ? void counts.success(CircuitState.Closed) : close(),
        ),
        failed: decide(() => {
          if (trial !== null) trip(trial.waits.next(undefined));
          else if (counts.failure(CircuitState.Closed)) trip(new ExponentialBackoff(opens).next());
        }),
        dropped: decide(() => {
          if (trial === null) return;
          trial.trying = false;
          changed();
        }),
      };
    },
  };
}
