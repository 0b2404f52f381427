import { setTimeout as sleep } from 'node:timers/promises';
import type { HostLimits } from '../../queues/limits/port.ts';
import { TransientError } from '../../stores/errors.ts';

/** Longer than this nobody is kept waiting for one host; the rest is for the next collection. */
const longestWaitMs = 30_000;

export type Pace = {
  /**
   * Runs a request when its host may be asked again: one at a time, `intervalMs` apart.
   * TransientError `fetch.retry-later` when that takes more patience than 30 seconds.
   */
  readonly take: <T>(host: string, signal: AbortSignal, request: () => Promise<T>) => Promise<T>;
  /** The host asked for at least this distance between requests (robots.txt: Crawl-delay). */
  readonly slowDown: (host: string, intervalMs: number) => void;
  /** The host asked to be left alone this long (Retry-After). */
  readonly holdOff: (host: string, forMs: number) => Promise<void>;
};

/** Turns that are shared with other processes; where they cannot be had, each keeps its own pace. */
export type SharedTurns = Pick<HostLimits, 'ask' | 'holdOff'>;

type Host = { queue: Promise<unknown>; notBefore: number; intervalMs: number };

export function createPace(defaultIntervalMs: number, shared?: SharedTurns): Pace {
  const hosts = new Map<string, Host>();
  const of = (name: string): Host => {
    const known = hosts.get(name);
    if (known) return known;
    const host = { queue: Promise.resolve(), notBefore: 0, intervalMs: defaultIntervalMs };
    hosts.set(name, host);
    return host;
  };
  return {
    take: (name, signal, request) => {
      const host = of(name);
      const turn = host.queue.then(async () => {
        signal.throwIfAborted();
        const waitMs = host.notBefore - performance.now();
        if (waitMs > longestWaitMs) throw notNow(name, waitMs);
        if (waitMs > 0) await sleep(waitMs, undefined, { signal });
        if (shared) await sharedTurn(shared, name, host.intervalMs, signal);
        try {
          return await request();
        } finally {
          host.notBefore = Math.max(host.notBefore, performance.now() + host.intervalMs);
        }
      });
      host.queue = turn.catch(() => undefined);
      return turn;
    },
    slowDown: (name, intervalMs) => {
      const host = of(name);
      host.intervalMs = Math.max(host.intervalMs, Math.min(intervalMs, longestWaitMs));
    },
    holdOff: async (name, forMs) => {
      const host = of(name);
      host.notBefore = Math.max(host.notBefore, performance.now() + forMs);
      await shared?.holdOff(name, forMs).catch(() => undefined);
    },
  };
}

async function sharedTurn(
  shared: SharedTurns,
  host: string,
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let waited = 0; ; ) {
    signal.throwIfAborted();
    const waitMs = await shared.ask(host, intervalMs).catch(() => 0);
    if (waitMs === 0) return;
    waited += waitMs;
    if (waited > longestWaitMs) throw notNow(host, waitMs);
    await sleep(waitMs, undefined, { signal });
  }
}

function notNow(host: string, waitMs: number): TransientError {
  return new TransientError(`${host} is not to be asked again for now.`, {
    code: 'fetch.retry-later',
    hint: `Collect it again in ${Math.ceil(waitMs / 60_000)} minutes.`,
    retryAfterMs: waitMs,
  });
}

/** Retry-After as milliseconds from now (seconds or an HTTP date), or undefined where it says nothing. */
export function retryAfterMs(value: string | undefined, now: Date): number | undefined {
  if (!value) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
