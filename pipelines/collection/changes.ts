import { once } from 'node:events';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watch as watchPaths } from 'chokidar';
import { isSkippedName } from './files/walk.ts';

export type Change = {
  readonly origin: string;
  /** A path, which the operating system watches; all else is asked at an interval. */
  readonly isLocal: boolean;
};

export type ChangesOptions = {
  readonly debounceMs: number;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
};

/**
 * The origins that should be looked at again, as that becomes due: every local one once at the start (it
 * may have changed before the watching began), and then whenever it was quiet for `debounceMs` after a
 * change; every other one each `intervalMs`. Ends when the signal aborts.
 */
export async function* changes(
  watched: readonly Change[],
  { debounceMs, intervalMs, signal }: ChangesOptions,
): AsyncGenerator<string> {
  /** When each origin is due, in milliseconds of `performance.now()`. */
  const due = new Map<string, number>();
  let wake = new AbortController();
  const schedule = (origin: string, inMs: number) => {
    due.set(origin, performance.now() + inMs);
    wake.abort();
  };
  const watchers = watched
    .filter(({ isLocal }) => isLocal)
    .map(({ origin }) => {
      const watcher = watchPaths(origin, {
        ignored: (path) => path !== origin && isSkippedName(basename(path)),
        ignoreInitial: true,
        ignorePermissionErrors: true,
        followSymlinks: false,
      });
      watcher.on('all', () => schedule(origin, debounceMs));
      watcher.on('ready', () => schedule(origin, 0));
      // A watcher that breaks (too many files for the system) must not end the rest.
      watcher.on('error', () => undefined);
      return watcher;
    });
  for (const { origin, isLocal } of watched) if (!isLocal) schedule(origin, intervalMs);
  const polled = new Set(watched.filter(({ isLocal }) => !isLocal).map(({ origin }) => origin));
  try {
    while (!signal.aborted) {
      const [next] = [...due].sort(([, a], [, b]) => a - b);
      const waitMs = next ? next[1] - performance.now() : Number.POSITIVE_INFINITY;
      if (next && waitMs <= 0) {
        due.delete(next[0]);
        yield next[0];
        if (polled.has(next[0])) schedule(next[0], intervalMs);
        continue;
      }
      wake = new AbortController();
      await pause(waitMs, AbortSignal.any([signal, wake.signal]));
    }
  } finally {
    await Promise.all(watchers.map((watcher) => watcher.close()));
  }
}

/** Waits, or until the signal says that there is something new. */
async function pause(forMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  try {
    if (forMs === Number.POSITIVE_INFINITY) await once(signal, 'abort');
    else await sleep(forMs, undefined, { signal });
  } catch {
    // Woken.
  }
}
