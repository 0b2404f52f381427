import { randomUUID } from 'node:crypto';
import type { ConversationState } from '../state/port.ts';

/** What shows other processes that this one lives: while it renews its lease, nobody takes up its turns. */
export type Lease = {
  readonly owner: string;
  /** Until when what is taken now is this process's. */
  readonly until: () => number;
  /** True when this process may answer in the thread. */
  enter(thread: string): Promise<boolean>;
  leave(thread: string): Promise<void>;
  /** Stops renewing and lets go of everything at once. */
  end(): Promise<void>;
};

export function openLease(
  state: Pick<ConversationState, 'enter' | 'leave' | 'renew' | 'release'>,
  leaseMs: number,
): Lease {
  const owner = randomUUID();
  const until = () => Date.now() + leaseMs;
  // A renewal that fails is made up for by the next; three fit into one lease.
  const timer = setInterval(
    () => void state.renew(owner, until()).catch(() => undefined),
    leaseMs / 3,
  );
  timer.unref();
  return {
    owner,
    until,
    enter: (thread) => state.enter(thread, owner, Date.now(), until()),
    leave: (thread) => state.leave(thread, owner),
    async end() {
      clearInterval(timer);
      await state.release(owner);
    },
  };
}
