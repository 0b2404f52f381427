/** Wakes a writer that waits. */
export type Pulse = {
  /** No more is coming: what waits, goes on. */
  readonly finishing: boolean;
  news(): void;
  finish(): void;
  /** Waits for so long, or for the end, or for news where it is asked for. */
  wait(ms: number | undefined, until: 'news' | 'finish'): Promise<void>;
};

export function openPulse(): Pulse {
  let finishing = false;
  let fresh = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<void>();
  return {
    get finishing() {
      return finishing;
    },
    news() {
      fresh.resolve();
      fresh = Promise.withResolvers<void>();
    },
    finish() {
      finishing = true;
      finished.resolve();
    },
    async wait(ms, until) {
      const ends: Promise<void>[] = [finished.promise];
      if (until === 'news') ends.push(fresh.promise);
      let timer: NodeJS.Timeout | undefined;
      if (ms !== undefined) {
        ends.push(
          new Promise((resolve) => {
            timer = setTimeout(resolve, Math.max(0, ms));
          }),
        );
      }
      await Promise.race(ends);
      clearTimeout(timer);
    },
  };
}
