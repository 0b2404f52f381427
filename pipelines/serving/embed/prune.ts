import { setTimeout as wait } from 'node:timers/promises';
import type { CacheBounds, EmbeddingCache } from '../../stores/embeddings/port.ts';

const dayMs = 24 * 60 * 60_000;

/** Vectors that were computed before: they only save time. */
const kept: CacheBounds = { unusedForMs: 90 * dayMs, maxBytes: 2 ** 30 };

/**
 * Drops what nobody asked for in 90 days, and beyond one GiB what was asked for longest ago: now and once a day, until
 * the signal aborts. A day that fails is told, and the next one tries again.
 */
export async function prunedDaily(
  cache: Pick<EmbeddingCache, 'prune'>,
  {
    signal,
    failed,
    everyMs = dayMs,
  }: {
    readonly signal: AbortSignal;
    readonly failed: (error: unknown) => void;
    readonly everyMs?: number;
  },
): Promise<void> {
  while (!signal.aborted) {
    await cache.prune(kept).catch(failed);
    await wait(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
