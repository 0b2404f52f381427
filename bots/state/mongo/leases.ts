import type { Collection } from 'mongodb';
import { attempt, isDuplicate } from '../../../pipelines/stores/mongo/failure.ts';
import type { ConversationState, StoredTurn } from '../port.ts';
import type { ServerClock } from './clock.ts';
import { oldest, type TurnDocument, turnOf } from './turn.ts';

type Leases = Pick<
  ConversationState,
  'enter' | 'leave' | 'renew' | 'owners' | 'release' | 'takeAbandoned'
>;

/** Who is answering in a thread until when. */
export type Lane = {
  /** The thread. */
  readonly _id: string;
  readonly owner: string;
  readonly leaseUntilMs: number;
};

/**
 * Who answers what until when. Every step is one document's, compared and swapped: a kill in the middle of `renew`,
 * `release` or `takeAbandoned` leaves leases that end by themselves, and nothing with two owners.
 */
export function leasesOn(
  turns: Collection<TurnDocument>,
  lanes: Collection<Lane>,
  clock: ServerClock,
): Leases {
  return {
    enter: (thread, owner, nowMs, leaseUntilMs) =>
      attempt('enter a thread', async () => {
        const free = { $or: [{ owner }, { leaseUntilMs: { $lt: clock.at(nowMs) } }] };
        const $set = { owner, leaseUntilMs: clock.at(leaseUntilMs) };
        try {
          await lanes.updateOne({ _id: thread, ...free }, { $set }, { upsert: true });
          return true;
        } catch (error) {
          // It is there, and not free: otherwise it would have been updated.
          if (isDuplicate(error)) return false;
          throw error;
        }
      }),
    async leave(thread, owner) {
      await attempt('leave a thread', () => lanes.deleteOne({ _id: thread, owner }));
    },
    async renew(owner, leaseUntilMs) {
      await clock.compare();
      const $set = { leaseUntilMs: clock.at(leaseUntilMs) };
      await attempt('renew leases', async () => {
        await turns.updateMany({ state: 'running', owner }, { $set });
        await lanes.updateMany({ owner }, { $set });
      });
    },
    async owners(platform) {
      const owners = await attempt('look who is answering', () =>
        turns.distinct('owner', { state: 'running', platform }),
      );
      return owners.sort();
    },
    async release(owner) {
      await attempt('let go of turns', async () => {
        // The lanes first: whoever takes a turn up wants to enter its thread.
        await lanes.deleteMany({ owner });
        await turns.updateMany({ state: 'running', owner }, { $set: { leaseUntilMs: 0 } });
      });
    },
    takeAbandoned: (platform, owner, nowMs, leaseUntilMs) =>
      attempt('take up abandoned turns', async () => {
        const ended = { $lt: clock.at(nowMs) };
        const left = { state: 'running' as const, platform, leaseUntilMs: ended };
        const found = await turns.find(left).project({ _id: 1 }).sort(oldest).toArray();
        const taken: StoredTurn[] = [];
        for (const { _id } of found) {
          const $set = { owner, leaseUntilMs: clock.at(leaseUntilMs) };
          const turn = await turns.findOneAndUpdate({ ...left, _id: String(_id) }, { $set });
          if (turn) taken.push(turnOf(turn));
        }
        return taken;
      }),
  };
}
