/** Time, so that a test may turn it by hand. */
export type Clock = {
  /** Milliseconds that only ever grow. */
  now(): number;
  /** Calls `wake` once, after `ms`; the answer takes that back. In the background: the process may end meanwhile. */
  after(ms: number, wake: () => void, background?: boolean): () => void;
};

/** Beyond this Node's timers fire at once. */
const longestTimerMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, wake, background = false) {
    const timer = setTimeout(wake, Math.min(ms, longestTimerMs));
    if (background) timer.unref();
    return () => clearTimeout(timer);
  },
};
