import { expect, test, vi } from 'vitest';
import { every, keepWorking } from '../../../pipelines/processes/keep.ts';

function keeping() {
  const stop = new AbortController();
  const failures: unknown[] = [];
  return { stop, failures, signal: stop.signal, failed: (error: unknown) => failures.push(error) };
}

test('work that fails is begun again, and told of, until it is to end', async () => {
  const { stop, failures, signal, failed } = keeping();
  let begun = 0;
  await keepWorking(
    async () => {
      begun++;
      if (begun === 3) stop.abort();
      throw new Error(`away ${begun}`);
    },
    { signal, failed },
    1,
  );
  expect(begun).toBe(3);
  // The last one failed because it was to end.
  expect(failures).toEqual([new Error('away 1'), new Error('away 2')]);
});

test('work that ends of itself is begun again', async () => {
  const { stop, failures, signal, failed } = keeping();
  let begun = 0;
  const kept = keepWorking(
    async () => {
      begun++;
      if (begun === 2) stop.abort();
    },
    { signal, failed },
    1,
  );
  await kept;
  expect([begun, failures]).toEqual([2, []]);
});

test('a task comes again though it failed, and no more once it is to end', async () => {
  const { stop, failures, signal, failed } = keeping();
  let done = 0;
  const going = every(
    1,
    async () => {
      done++;
      throw new Error('once more');
    },
    { signal, failed },
  );
  await vi.waitFor(() => expect(done).toBeGreaterThanOrEqual(3), { interval: 5 });
  stop.abort();
  await going;
  const atTheEnd = done;
  expect(failures.length).toBeGreaterThanOrEqual(3);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(done).toBe(atTheEnd);
});
