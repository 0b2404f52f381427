import { PermanentError, TransientError } from '../../pipelines/stores/errors.ts';
import type { BotPorts } from '../ports.ts';

/** Work beside what arrives. */
export type Work = {
  /** Resolves when it ended, also when it failed, which is logged. */
  run(what: string, work: () => Promise<unknown>): Promise<void>;
  /** One after the other by key; resolves when that piece is done, also when it failed. */
  inOrder(key: string, work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
};

export function openWork(log: BotPorts['log']): Work {
  const running = new Set<Promise<void>>();
  const lanes = new Map<string, Promise<void>>();

  return {
    run(what, work) {
      const done: Promise<void> = work()
        .then(
          () => undefined,
          (failure: unknown) => report(log, what, failure),
        )
        .finally(() => running.delete(done));
      running.add(done);
      return done;
    },
    async inOrder(key, work) {
      const before = lanes.get(key) ?? Promise.resolve();
      const next = before.then(work);
      const settled = next.then(
        () => undefined,
        () => undefined,
      );
      lanes.set(key, settled);
      try {
        await next;
      } finally {
        if (lanes.get(key) === settled) lanes.delete(key);
      }
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

function report(log: BotPorts['log'], what: string, failure: unknown): void {
  if (failure instanceof PermanentError || failure instanceof TransientError) {
    const { code, hint, message } = failure;
    const words = `Slack: ${message}${hint === undefined ? '' : ` ${hint}`}`;
    if (failure instanceof PermanentError) log.error({ what, code }, words);
    else log.warn({ what, code }, words);
    return;
  }
  log.error(
    { what, cause: failure instanceof Error ? failure.stack : String(failure) },
    'Slack: something broke',
  );
}
