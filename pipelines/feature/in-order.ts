/**
 * Works on up to `width` items at a time and hands the results out in the order of the items. Nothing is begun ahead of
 * what was asked for beyond that; whoever leaves early, or fails, leaves nothing running behind.
 *
 * @throws what `work` throws, for the first item in order; the signal's reason on abort
 */
export async function* inOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  width: number,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R> {
  const left = new AbortController();
  const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  const running: Promise<R>[] = [];
  try {
    for await (const item of items) {
      signal?.throwIfAborted();
      const begun = work(item, stop);
      // It is looked at in its turn; until then a failure is not an unhandled one.
      begun.catch(() => undefined);
      running.push(begun);
      if (running.length >= width) yield await (running.shift() as Promise<R>);
    }
    while (running.length > 0) yield await (running.shift() as Promise<R>);
  } finally {
    left.abort();
    await Promise.allSettled(running);
  }
}
