import type { Collection, Filter, Sort } from 'mongodb';
import { TransientError } from '../../../pipelines/stores/errors.ts';
import { attempt, isDuplicate } from '../../../pipelines/stores/mongo/failure.ts';
import type { ConversationState, StoredTurn } from '../port.ts';
import type { ServerClock } from './clock.ts';
import {
  documentOf,
  endOf,
  eventKey,
  newest,
  type TurnDocument,
  turnOf,
  turnSchema,
} from './turn.ts';

type Turns = Pick<
  ConversationState,
  | 'claim'
  | 'ask'
  | 'stand'
  | 'end'
  | 'withdraw'
  | 'turn'
  | 'turnOf'
  | 'turnAt'
  | 'turns'
  | 'latest'
  | 'askedSince'
  | 'purge'
>;

/** Those that were answered, or are being. */
const heard = { $in: ['running' as const, 'ended' as const] };

/** Questions and how far their answers have come; each method writes one document, and so happens or does not. */
export function turnsOn(turns: Collection<TurnDocument>, clock: ServerClock): Turns {
  const change = async (id: string, $set: Partial<TurnDocument>) => {
    await attempt('note how far an answer has come', () => turns.updateOne({ id }, { $set }));
  };
  const find = async (filter: Filter<TurnDocument>, sort?: Sort) => {
    const options = sort ? { sort } : {};
    const found = await attempt('look for a turn', () => turns.findOne(filter, options));
    return found ? turnOf(found) : undefined;
  };

  return {
    async claim(turn) {
      const document = documentOf({ ...turn, leaseUntilMs: clock.at(turn.leaseUntilMs) });
      try {
        return await insert(turns, document);
      } catch (error) {
        // The answer alone may be lost: then the turn is this caller's, and nobody else would ever take it up.
        if (error instanceof TransientError) return await insert(turns, document);
        throw error;
      }
    },
    ask: (turn, asked) => change(turn, { asked: JSON.stringify(asked) }),
    async stand(turn, where, messages) {
      await attempt('note where an answer stands', async () => {
        const found = await turns.findOne({ id: turn });
        if (!found) return;
        // Read before it is written: only the turn's owner says where it stands.
        const all = new Set([...turnSchema.parse(found).messages, ...messages]);
        const $set = { where: JSON.stringify(where), messages: [...all] };
        await turns.updateOne({ id: turn }, { $set });
      });
    },
    end: (turn, end) => change(turn, endOf(end)),
    withdraw: (turn) => change(turn, { withdrawn: true }),

    turn: (id) => find({ id }),
    turnOf: (platform, event) => find({ _id: eventKey(platform, event) }),
    async turnAt(place, message) {
      const asks = await find({ place, message, state: { $ne: 'refused' } }, newest);
      return asks ?? (await find({ place, messages: message }, newest));
    },
    async turns(thread, limit) {
      const filter = { thread, state: heard, withdrawn: false };
      const found = await attempt('read a thread', () =>
        turns.find(filter).sort(newest).limit(limit).toArray(),
      );
      return found.map(turnOf);
    },
    latest: (platform, sinceMs, limit) =>
      attempt('read the latest turns', async () => {
        const filter = { platform, askedAtMs: { $gt: sinceMs }, state: heard };
        const latest = new Map<string, StoredTurn>();
        if (limit <= 0) return [];
        for await (const found of turns.find(filter).sort(newest)) {
          const turn = turnOf(found);
          if (!latest.has(turn.thread)) latest.set(turn.thread, turn);
          if (latest.size === limit) break;
        }
        return [...latest.values()];
      }),
    async askedSince(who, sinceMs) {
      const found = await attempt('count questions', () =>
        turns
          .find({ ...who, askedAtMs: { $gt: sinceMs }, state: heard })
          .project({ askedAtMs: 1 })
          .sort({ askedAtMs: 1 })
          .toArray(),
      );
      return found.map((each) => turnSchema.pick({ askedAtMs: true }).parse(each).askedAtMs);
    },
    async purge(beforeMs) {
      const old = { askedAtMs: { $lt: beforeMs }, state: { $ne: 'running' as const } };
      return (await attempt('forget old turns', () => turns.deleteMany(old))).deletedCount;
    },
  };
}

/** True when this very turn is the event's. */
async function insert(turns: Collection<TurnDocument>, turn: TurnDocument): Promise<boolean> {
  return await attempt('take a question in', async () => {
    try {
      await turns.insertOne(turn);
      return true;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return (await turns.findOne({ _id: turn._id }))?.order.equals(turn.order) ?? false;
    }
  });
}
