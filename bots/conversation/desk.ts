import type { TraceLog } from '../../monitoring/tracer.ts';
import type { ConversationState, Json } from '../state/port.ts';
import { type Asked, withoutWords, writeAsked } from './asked.ts';
import type { Allowed } from './conversation.ts';
import type { Lease } from './lease.ts';
import type { Limits } from './limits.ts';
import type { Memory } from './memory.ts';
import type { Person, Place } from './message.ts';
import { placeKey } from './place.ts';
import type { Pseudonym } from './pseudonym.ts';
import type { ChannelSettings } from './settings.ts';
import type { Slots } from './slots.ts';
import type { Threads } from './threads.ts';

export type ConversationTiming = {
  /** How long a greeting or half a question waits for its rest. */
  readonly burstMs: number;
  /** After this time a delivery that has not come back is given up, so that the thread can go on. */
  readonly deliverMs: number;
  /** After this time without a sign of life a process counts as dead, and another finishes its answers. */
  readonly leaseMs: number;
  /** Until when an edited question has its answer replaced. */
  readonly editableMs: number;
  /** Older questions are not answered any more after a crash, only closed. */
  readonly staleMs: number;
  /** How long it is kept who asked what where. */
  readonly keptMs: number;
};

export const defaultTiming: ConversationTiming = {
  burstMs: 1_200,
  deliverMs: 300_000,
  leaseMs: 15_000,
  editableMs: 600_000,
  staleMs: 600_000,
  keptMs: 30 * 24 * 3_600_000,
};

/** What the parts of a conversation share. */
export type Desk = {
  readonly state: ConversationState;
  readonly traces: Pick<TraceLog, 'traces'>;
  readonly pseudonym: Pseudonym;
  readonly limits: Limits;
  readonly timing: ConversationTiming;
  readonly lease: Lease;
  readonly slots: Slots;
  readonly memory: Memory;
  readonly threads: Threads;
  settingsOf(place: Place): Promise<ChannelSettings>;
  allowedFor(place: Place, person: Person): Promise<Allowed>;
  /** True from the beginning of a drain on: what is taken in now is for the next process. */
  draining(): boolean;
};

/**
 * Takes a question in under the id of its event; false when the event was taken in before. While draining nobody
 * owns it, and the next process that looks finds it.
 */
export function takeIn(
  { state, pseudonym, lease, draining }: Desk,
  turn: string,
  asked: Asked,
  event: string,
  where: Json = null,
): Promise<boolean> {
  const { place, person, thread, message } = asked.message;
  const free = draining();
  return state.claim({
    id: turn,
    event,
    platform: place.platform,
    thread,
    place: placeKey(place),
    asker: pseudonym(place, person),
    bot: person.bot,
    askedAtMs: Date.now(),
    message,
    asked: writeAsked(asked),
    owner: free ? '' : lease.owner,
    leaseUntilMs: free ? 0 : lease.until(),
    where,
  });
}

/** Ends a turn that gets no answer; its words are not kept. */
export function endRefused({ state }: Desk, turn: string, asked: Asked): Promise<void> {
  return state.end(turn, {
    state: 'refused',
    outcome: null,
    trace: null,
    asked: writeAsked(withoutWords(asked)),
  });
}
