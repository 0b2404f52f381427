import { setTimeout as wait } from 'node:timers/promises';
import { PermanentError } from '../../pipelines/stores/errors.ts';

/** Something outside that is opened as soon as it can be: who looks at it goes on without meanwhile. */
export type Reached<T> = {
  /** @throws the failure of the last try, while it is not there */
  get(): T;
  /** Stops trying, and closes what was opened. */
  close(): Promise<void>;
};

/**
 * Tries once before it returns, and then again and again until it succeeds.
 *
 * @throws PermanentError when the first try says that somebody has to change something
 */
export async function reach<T extends { close(): Promise<void> }>(
  open: () => Promise<T>,
  { pauseMs, failed }: { readonly pauseMs: number; readonly failed: (error: unknown) => void },
): Promise<Reached<T>> {
  const closing = new AbortController();
  const attempt = async (): Promise<{ readonly value: T } | { readonly failure: unknown }> => {
    try {
      return { value: await open() };
    } catch (failure) {
      failed(failure);
      return { failure };
    }
  };
  let found = await attempt();
  if ('failure' in found && found.failure instanceof PermanentError) throw found.failure;
  const trying = (async () => {
    while ('failure' in found && !closing.signal.aborted) {
      await wait(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (!closing.signal.aborted) found = await attempt();
    }
  })();
  return {
    get() {
      if ('failure' in found) throw found.failure;
      return found.value;
    },
    async close() {
      closing.abort();
      await trying;
      if ('value' in found) await found.value.close();
    },
  };
}
