import { inTime } from '../../in-time.ts';
import type { Queues } from '../../queues/port.ts';
import type { Stores } from '../../stores/open.ts';

/** One thing that has to be there for a process to work. */
export type Check = { readonly name: string; readonly ok: boolean };
export type Readiness = {
  readonly status: 'ready' | 'not-ready' | 'draining';
  readonly checks: readonly Check[];
};

export type Watched = {
  readonly stores: Pick<Stores, 'warehouse' | 'features'>;
  readonly queues: Pick<Queues, 'paused'>;
  /** Aborted once the process is to end. */
  readonly signal: AbortSignal;
};

/** Longest that a store or queue may take to answer, in milliseconds. */
const answerWithinMs = 2_000;

/** Asks each store and the queues for something small, all at once; never fails. */
export async function readinessOf(
  { stores, queues, signal }: Watched,
  withinMs: number = answerWithinMs,
): Promise<Readiness> {
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    warehouse: () => stores.warehouse.version(),
    features: () => stores.features.current(),
    queues: () => queues.paused('features'),
  };
  const checks = await Promise.all(
    Object.entries(asked).map(async ([name, ask]) => ({
      name,
      ok: await inTime(ask(), withinMs).then(
        () => true,
        () => false,
      ),
    })),
  );
  const isReady = checks.every(({ ok }) => ok);
  return { status: signal.aborted ? 'draining' : isReady ? 'ready' : 'not-ready', checks };
}
