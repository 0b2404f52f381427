import { setTimeout as wait } from 'node:timers/promises';
import { type Problem, problemOf } from './part.ts';

/** How many documents wait to be indexed, as last counted. */
export type Behind = {
  /** Null before the first count. */
  readonly documents: number | null;
  /** ISO 8601. */
  readonly countedAt: string | null;
  /** Why the last count failed; the number is then an older one. */
  readonly problem: Problem | null;
};

export type BehindWatch = {
  latest(): Behind;
  /** Resolves once the count that is under way has ended. */
  close(): Promise<void>;
};

/** Counting walks both stores: for each moment that it takes, it rests so many. */
const restPerWork = 20;

/** Counts again and again beside everything else, so that nobody who looks waits for it. */
export function watchBehind(
  count: () => Promise<number>,
  { pauseMs }: { readonly pauseMs: number },
): BehindWatch {
  const closing = new AbortController();
  const { signal } = closing;
  let behind: Behind = { documents: null, countedAt: null, problem: null };
  const counting = (async () => {
    while (!signal.aborted) {
      const begunAt = performance.now();
      try {
        behind = {
          documents: await count(),
          countedAt: new Date().toISOString(),
          problem: null,
        };
      } catch (error) {
        behind = { ...behind, problem: problemOf(error) };
      }
      const restMs = Math.max(pauseMs, restPerWork * (performance.now() - begunAt));
      await wait(restMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    latest: () => behind,
    async close() {
      closing.abort();
      await counting;
    },
  };
}
