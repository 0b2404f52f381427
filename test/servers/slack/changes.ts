/** Lets tests wait for a condition instead of sleeping. */
export type Changes = {
  /** Something changed that somebody may wait for. */
  changed(): void;
  /** Rejects after `timeoutMs` with what `explain` says. */
  until<T>(condition: () => T | undefined | false | null, timeoutMs: number): Promise<T>;
};

// The app under test changes state too, and nobody tells us: so conditions are looked at now and then as well.
const LOOK_AGAIN_MS = 10;

export function openChanges(explain: () => string): Changes {
  const waiting = new Set<() => void>();
  return {
    changed: () => {
      for (const look of [...waiting]) look();
    },
    until<T>(condition: () => T | undefined | false | null, timeoutMs: number): Promise<T> {
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void): void => {
          waiting.delete(look);
          clearInterval(again);
          clearTimeout(late);
          settle();
        };
        const look = (): void => {
          try {
            const met = condition();
            if (met !== undefined && met !== false && met !== null) finish(() => resolve(met));
          } catch (failure) {
            finish(() => reject(failure));
          }
        };
        const again = setInterval(look, LOOK_AGAIN_MS);
        const late = setTimeout(() => {
          const message = `Not met in ${timeoutMs} ms: ${condition}\n${explain()}`;
          finish(() => reject(new Error(message)));
        }, timeoutMs);
        waiting.add(look);
        look();
      });
    },
  };
}
