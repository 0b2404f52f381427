import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inOrder } from '../../../pipelines/feature/in-order.ts';

/** Work that ends when it is told to. */
function gates() {
  const open = new Map<number, PromiseWithResolvers<string>>();
  const begun: number[] = [];
  const signals: AbortSignal[] = [];
  return {
    begun,
    signals,
    end: (item: number) => open.get(item)?.resolve(`done ${item}`),
    fail: (item: number) => open.get(item)?.reject(new Error(`failed ${item}`)),
    work: (item: number, signal: AbortSignal) => {
      begun.push(item);
      signals.push(signal);
      const gate = Promise.withResolvers<string>();
      signal.addEventListener('abort', () => gate.reject(signal.reason));
      open.set(item, gate);
      return gate.promise;
    },
  };
}

test('results come in order, with so much under way at a time', async () => {
  const { begun, end, work } = gates();
  const results = inOrder([1, 2, 3, 4], 2, work);
  const first = results.next();
  await setImmediate();
  expect(begun).toEqual([1, 2]);
  end(2);
  end(1);
  expect(await first).toEqual({ done: false, value: 'done 1' });
  const second = results.next();
  await setImmediate();
  expect(begun).toEqual([1, 2, 3]);
  expect((await second).value).toBe('done 2');
  const rest = Array.fromAsync(results);
  end(3);
  await setImmediate();
  expect(await Promise.race([rest, Promise.resolve('not yet')])).toBe('not yet');
  expect(begun).toHaveLength(4);
  end(4);
  expect(await rest).toEqual(['done 3', 'done 4']);
});

test('one at a time begins nothing before it is asked for', async () => {
  const { begun, end, work } = gates();
  const results = inOrder([1, 2], 1, work);
  const first = results.next();
  await setImmediate();
  end(1);
  await first;
  expect(begun).toEqual([1]);
});

test('who leaves early leaves nothing running', async () => {
  const { end, work, signals } = gates();
  const results = inOrder([1, 2, 3], 3, work);
  const first = results.next();
  await setImmediate();
  end(1);
  await first;
  await results.return(undefined);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

test('a failure comes in its turn and ends the rest', async () => {
  const { end, fail, work, signals } = gates();
  const results = inOrder([1, 2, 3], 3, work);
  const first = results.next();
  await setImmediate();
  fail(2);
  end(1);
  expect((await first).value).toBe('done 1');
  await expect(results.next()).rejects.toThrow('failed 2');
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

test('items may come one by one, and the source is told when nobody wants more', async () => {
  const { begun, end, work } = gates();
  let closed = false;
  async function* source() {
    try {
      for (let item = 1; ; item++) yield item;
    } finally {
      closed = true;
    }
  }
  const results = inOrder(source(), 2, work);
  const first = results.next();
  await setImmediate();
  expect(begun).toEqual([1, 2]);
  end(1);
  await first;
  await results.return(undefined);
  expect(closed).toBe(true);
});

test('an abort ends it with its reason', async () => {
  const { work } = gates();
  const stop = new AbortController();
  const results = inOrder([1, 2], 2, work, stop.signal);
  const first = results.next();
  stop.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
});
