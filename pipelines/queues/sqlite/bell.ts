/** Wakes those who wait in this process, so that a job enqueued here need not wait for the next look. */
export type Bell = {
  ring(): void;
  /** Resolves when rung, when the time is over, or when `signal` aborts; leaves no timer behind. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
};

export function createBell(): Bell {
  const sleepers = new Set<() => void>();
  return {
    ring() {
      for (const wake of [...sleepers]) wake();
    },
    wait(timeoutMs, signal) {
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          sleepers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        signal.addEventListener('abort', wake);
        sleepers.add(wake);
        if (signal.aborted) wake();
      });
    },
  };
}
