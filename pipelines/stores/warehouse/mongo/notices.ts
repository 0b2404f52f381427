import type { ResumeToken } from 'mongodb';

/** Where the stream of changes stands, and what came up to there. */
export type Notice = {
  readonly position: ResumeToken;
  readonly changed: boolean;
  readonly lost: boolean;
};

/** Gathers what comes while somebody is busy with what came before, into one. */
export type Notices = {
  add(notice: Notice): void;
  /** Resolves as soon as there is something to take, or `signal` aborts. */
  arrived(signal: AbortSignal): Promise<void>;
  take(): Notice | undefined;
};

export function openNotices(): Notices {
  let gathered: Notice | undefined;
  let arrival = Promise.withResolvers<void>();
  return {
    add(notice) {
      gathered = {
        position: notice.position,
        changed: notice.changed || gathered?.changed === true,
        lost: notice.lost || gathered?.lost === true,
      };
      arrival.resolve();
    },
    async arrived(signal) {
      const stop = () => arrival.resolve();
      if (signal.aborted) return;
      signal.addEventListener('abort', stop, { once: true });
      await arrival.promise;
      signal.removeEventListener('abort', stop);
    },
    take() {
      const taken = gathered;
      gathered = undefined;
      arrival = Promise.withResolvers();
      return taken;
    },
  };
}
