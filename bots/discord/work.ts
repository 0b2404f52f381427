import type { BotPorts } from '../ports.ts';
import { describeFailure } from './failure.ts';

/** What events set off, none of which anybody waits for while it runs. */
export type Work = {
  /** A failure ends here, in the log: the process lives on. */
  run(job: () => Promise<void>): void;
  track<T>(job: Promise<T>): Promise<T>;
  /** Resolves when everything that was begun is done. */
  idle(): Promise<void>;
};

export function openWork(log: BotPorts['log']): Work {
  const running = new Set<Promise<unknown>>();
  const track = <T>(job: Promise<T>): Promise<T> => {
    const settled: Promise<unknown> = job
      .catch(() => undefined)
      .finally(() => running.delete(settled));
    running.add(settled);
    return job;
  };
  return {
    track,
    run(job) {
      track(Promise.resolve().then(job)).catch((error: unknown) =>
        log.error(
          { failure: describeFailure(error) },
          'an event of Discord’s could not be handled',
        ),
      );
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
