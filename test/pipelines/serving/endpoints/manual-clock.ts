import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../../pipelines/serving/endpoints/clock.ts';

export type ManualClock = Clock & {
  /** Moves on, timer by timer, and lets everything that a timer wakes run. */
  advance(ms: number): Promise<void>;
  /** Timers that are set now. */
  pending(): number;
  /** Milliseconds until the next of them; infinite without any. */
  nextInMs(): number;
};

/** A clock that a test turns by hand. */
export function manualClock(): ManualClock {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    after(ms, wake) {
      const timer = { at: now + ms, wake };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await setImmediate();
      for (;;) {
        const [next] = [...timers].toSorted((a, b) => a.at - b.at);
        if (next === undefined || next.at > until) break;
        timers.delete(next);
        now = next.at;
        next.wake();
        await setImmediate();
      }
      now = until;
      await setImmediate();
    },
    pending: () => timers.size,
    nextInMs: () => Math.min(...[...timers].map(({ at }) => at)) - now,
  };
}
