import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
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

/** Tells this process from an earlier one of the same number, as every process of a container has. */
const thisProcess = randomUUID();

export function openLease(
  state: Pick<ConversationState, 'enter' | 'leave' | 'renew' | 'release'>,
  leaseMs: number,
): Lease {
  const owner = [process.pid, thisProcess, randomUUID(), hostname()].join(' ');
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

/**
 * Whether an owner is known to be dead before its lease ends: it was of this machine, and its process is gone or
 * has become this one. Of another machine one cannot know.
 */
export function isDead(owner: string): boolean {
  const [pid, instance, , ...host] = owner.split(' ');
  if (host.join(' ') !== hostname() || instance === thisProcess) return false;
  return Number(pid) === process.pid || !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is one, of another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
