import { expect, test, vi } from 'vitest';
import { prunedDaily } from '../../../../pipelines/serving/embed/prune.ts';
import type { CacheBounds } from '../../../../pipelines/stores/embeddings/port.ts';

const dayMs = 24 * 60 * 60_000;

test('prunes at once and again and again, a day that failed or not, until it is told to stop', async () => {
  const stopping = new AbortController();
  const asked: CacheBounds[] = [];
  const failures: unknown[] = [];
  const broken = new Error('the disk is full');
  const cache = {
    async prune(bounds: CacheBounds) {
      asked.push(bounds);
      if (asked.length === 2) throw broken;
      return 0;
    },
  };
  const pruning = prunedDaily(cache, {
    signal: stopping.signal,
    failed: (error) => failures.push(error),
    everyMs: 1,
  });
  expect(asked).toEqual([{ unusedForMs: 90 * dayMs, maxBytes: 2 ** 30 }]);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(2));
  stopping.abort();
  await pruning;
  expect(failures).toEqual([broken]);
});

test('does not wait out the day when it is told to stop', async () => {
  const stopping = new AbortController();
  let prunes = 0;
  const prune = async () => (prunes += 1);
  const pruning = prunedDaily({ prune }, { signal: stopping.signal, failed: () => undefined });
  stopping.abort();
  await pruning;
  expect(prunes).toBe(1);
});
