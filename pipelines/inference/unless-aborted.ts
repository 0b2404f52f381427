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

/** The same for each of a stream's values, of which a model has hundreds: one listener for all of them. */
export async function* unlessAbortedEach<T>(
  stream: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  const iterator = stream[Symbol.asyncIterator]();
  let refuse: (reason: unknown) => void = () => undefined;
  const stop = () => refuse(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    while (true) {
      signal.throwIfAborted();
      const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
        refuse = reject;
        iterator.next().then(resolve, reject);
      });
      if (next.done === true) {
        signal.throwIfAborted();
        return;
      }
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // Not awaited: an iterator that hangs in `next` would hang here too.
    void iterator.return?.()?.catch(() => undefined);
  }
}
