import type { StageTimings } from '../types.ts';

/** Milliseconds between laps, and in all as `total`. */
export function stopwatch(): { lap(name: string): void; laps(): StageTimings } {
  const start = performance.now();
  let last = start;
  const laps: Record<string, number> = {};
  return {
    lap(name) {
      const now = performance.now();
      laps[name] = now - last;
      last = now;
    },
    laps: () => ({ ...laps, total: performance.now() - start }),
  };
}
