import { ObjectId } from 'mongodb';
import { z } from 'zod';
import {
  type Json,
  type NewTurn,
  type StoredTurn,
  type TurnEnd,
  turnOutcomes,
  turnStates,
} from '../port.ts';

/**
 * A turn as a document. Question and place of the answer are JSON in a string: their keys are the channels' own, and
 * MongoDB gives dots and dollars in keys a meaning.
 */
export const turnSchema = z.object({
  /** `platform:event`: of all who insert it one succeeds. */
  _id: z.string(),
  id: z.string(),
  platform: z.string(),
  thread: z.string(),
  place: z.string(),
  asker: z.string(),
  bot: z.boolean(),
  askedAtMs: z.number(),
  /** Tells turns of the same millisecond apart. */
  order: z.instanceof(ObjectId),
  message: z.string().nullable(),
  /** Ids of the messages that the answer is made of. */
  messages: z.array(z.string()),
  asked: z.string(),
  state: z.enum(turnStates),
  owner: z.string(),
  leaseUntilMs: z.number(),
  where: z.string(),
  outcome: z.enum(turnOutcomes).nullable(),
  trace: z.string().nullable(),
  withdrawn: z.boolean(),
});
export type TurnDocument = z.infer<typeof turnSchema>;

export const newest = { askedAtMs: -1, order: -1 } as const;
export const oldest = { askedAtMs: 1, order: 1 } as const;

export const turnIndexes = [
  { name: 'by_id', key: { id: 1 }, unique: true },
  { name: 'by_thread', key: { thread: 1, ...newest } },
  { name: 'by_asker', key: { asker: 1, askedAtMs: 1 } },
  { name: 'by_place', key: { place: 1, askedAtMs: 1 } },
  { name: 'by_question', key: { place: 1, message: 1 } },
  { name: 'by_answer', key: { place: 1, messages: 1 } },
  { name: 'by_platform', key: { platform: 1, ...newest } },
  { name: 'by_lease', key: { state: 1, platform: 1, leaseUntilMs: 1 } },
  { name: 'by_owner', key: { state: 1, owner: 1 } },
  { name: 'by_age', key: { askedAtMs: 1 } },
] as const;

export const eventKey = (platform: string, event: string) => `${platform}:${event}`;

export const documentOf = (turn: NewTurn): TurnDocument => ({
  _id: eventKey(turn.platform, turn.event),
  id: turn.id,
  platform: turn.platform,
  thread: turn.thread,
  place: turn.place,
  asker: turn.asker,
  bot: turn.bot,
  askedAtMs: turn.askedAtMs,
  order: new ObjectId(),
  message: turn.message,
  messages: [],
  asked: JSON.stringify(turn.asked),
  state: 'running',
  owner: turn.owner,
  leaseUntilMs: turn.leaseUntilMs,
  where: JSON.stringify(turn.where),
  outcome: null,
  trace: null,
  withdrawn: false,
});

export const endOf = ({ state, outcome, trace, asked }: TurnEnd) => ({
  state,
  outcome,
  trace,
  asked: JSON.stringify(asked),
});

export function turnOf(found: TurnDocument): StoredTurn {
  const { id, thread, place, asker, bot, askedAtMs, asked, where, ...rest } =
    turnSchema.parse(found);
  const { state, outcome, trace, withdrawn } = rest;
  return {
    id,
    thread,
    place,
    asker,
    bot,
    askedAtMs,
    asked: JSON.parse(asked) as Json,
    state,
    outcome,
    where: JSON.parse(where) as Json,
    trace,
    withdrawn,
  };
}
