/** Waits for work that may not listen to the signal itself. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Once nobody waits for it any more its failure must not end the process.
  work.catch(() => undefined);
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The same for each of a stream's values. */
export async function* unlessAbortedEach<T>(stream: AsyncIterable<T>, signal: AbortSignal) {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    while (true) {
      const next = await unlessAborted(iterator.next(), signal);
      if (next.done === true) {
        signal.throwIfAborted();
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: an iterator that hangs in `next` would hang here too.
    void iterator.return?.()?.catch(() => undefined);
  }
}
