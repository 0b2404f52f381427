import { troubleOf } from '../failure.ts';
import type { Wire } from '../wire.ts';

/** A thread may be archived again while something is written into it, but hardly more often than this. */
const attempts = 3;

/** Does something in a channel; where that is an archived thread, opens it again first. */
export async function unarchived<T>(
  wire: Wire,
  channel: string,
  job: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await job();
    } catch (error) {
      if (attempt === attempts || troubleOf(error) !== 'archived') throw error;
      // Who may not open it again is told that it is closed, not that a permission is missing.
      await wire.unarchive(channel).catch((failure: unknown) => {
        throw troubleOf(failure) === 'transient' ? failure : error;
      });
    }
  }
}
