import type { Tracer } from '../../monitoring/tracer.ts';
import { intersect, type Question } from '../../pipelines/inference/ask.ts';
import type { ConversationState, StoredTurn } from '../state/port.ts';
import { type AccessRule, decideAccess, everybody } from './access/rules.ts';
import { answerRun } from './answering.ts';
import { readAsked } from './asked.ts';
import { again, edit, remove, stop } from './change.ts';
import type { Allowed, Conversation, KnownTurn } from './conversation.ts';
import { type ConversationTiming, type Desk, defaultTiming } from './desk.ts';
import { takeMessage } from './hear.ts';
import { openLease } from './lease.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { openMemory } from './memory.ts';
import type { Person, Place } from './message.ts';
import { openOrder } from './order.ts';
import { placeKey } from './place.ts';
import type { Pseudonym } from './pseudonym.ts';
import { recover, tidy } from './recover.ts';
import type { ReplyPorts } from './reply.ts';
import { type Run, stopRun } from './run.ts';
import { channelSettingsSchema } from './settings.ts';
import { openSlots } from './slots.ts';
import { openThreads } from './threads.ts';

export type ConversationPorts = Pick<ReplyPorts, 'inference'> & {
  readonly tracer: ReplyPorts['tracer'] & Pick<Tracer, 'feedback'>;
  readonly state: ConversationState;
  readonly pseudonym: Pseudonym;
  readonly rules?: readonly AccessRule[];
  readonly limits?: Partial<Limits>;
  readonly timing?: Partial<ConversationTiming>;
  /** Answers at the same time, the others waiting in order; 16 where nobody says. */
  readonly atOnce?: number;
};

/** What one process can do at the same time by itself. */
const usualAtOnce = 16;
/** Tokens of the thread that a question is understood with. */
const memoryTokens = 1_500;
/** How long answers that were cut by the end of a drain have to say so. */
const closingMs = 5_000;

/** The same conversation for every channel; the type says what it promises. */
export function openConversation(ports: ConversationPorts): Conversation {
  const { state, tracer, pseudonym, rules = everybody } = ports;
  const timing = { ...defaultTiming, ...ports.timing };
  let draining = false;

  const settingsOf: Desk['settingsOf'] = async (place) =>
    channelSettingsSchema.parse((await state.settings(placeKey(place))) ?? {});

  const allowedFor = async (place: Place, person: Person): Promise<Allowed> => {
    const decided = decideAccess(rules, place, person);
    if (!decided.allowed) return decided;
    const { sources } = await settingsOf(place);
    return sources === null
      ? decided
      : { allowed: true, access: intersect(decided.access, { sources }) };
  };

  const lease = openLease(state, timing.leaseMs);
  const slots = openSlots(ports.atOnce ?? usualAtOnce);
  const memory = openMemory({ state, traces: tracer, tokens: memoryTokens });
  const threads = openThreads((run) =>
    answerRun(run, { ...ports, ...timing, lease, slots, memory, accessOf }),
  );
  const desk: Desk = {
    state,
    traces: tracer,
    pseudonym,
    limits: { ...defaultLimits, ...ports.limits },
    timing,
    lease,
    slots,
    memory,
    threads,
    settingsOf,
    allowedFor,
    draining: () => draining,
  };
  const inOrder = openOrder();

  async function accessOf({ asked: { message } }: Run): Promise<Question['access']> {
    const allowed = await allowedFor(message.place, message.person);
    // It was allowed when it was taken in; who lost the right since then sees nothing.
    return allowed.allowed ? intersect(allowed.access, message.only) : { sources: [] };
  }

  return {
    async hear(message, channel) {
      const { thread, text, message: id } = message;
      const { heard } = await inOrder(thread, () => {
        if (id !== null) memory.noteSaid(thread, { role: 'user', message: id, text });
        return takeMessage(desk, message, channel);
      });
      return heard;
    },
    edited: (change, channel) => edit(desk, change, channel),
    deleted: (change) => remove(desk, change),
    stop: (turn, person) => stop(desk, turn, person),
    again: (request, channel) => again(desk, request, channel),
    feedback: ({ trace, place, person, value, reason }) =>
      tracer.feedback({
        trace,
        giver: pseudonym(place, person),
        value,
        reason,
        at: new Date().toISOString(),
      }),
    resolve: (thread, resolved) => state.resolve(thread, resolved),
    isResolved: (thread) => state.isResolved(thread),
    settings: settingsOf,
    changeSettings: (place, settings) =>
      state.putSettings(placeKey(place), channelSettingsSchema.parse(settings)),
    access: allowedFor,
    async turnAt(place, message) {
      const turn = await state.turnAt(placeKey(place), message);
      return turn && knownTurn(turn, threads.find(turn.id));
    },
    async turn(id) {
      const turn = await state.turn(id);
      return turn && knownTurn(turn, threads.find(turn.id));
    },
    async turnOf(platform, event) {
      const turn = await state.turnOf(platform, event);
      return turn && knownTurn(turn, threads.find(turn.id));
    },
    async latest(platform, sinceMs, most) {
      const turns = await state.latest(platform, sinceMs, most);
      return turns.flatMap((turn) => knownTurn(turn, threads.find(turn.id)) ?? []);
    },
    recover: (channel) => recover(desk, channel),
    tidy: () => tidy(desk),
    async drain(graceMs) {
      draining = true;
      for (const run of threads.clearWaiting()) {
        run.heard.resolve({ kind: 'postponed' });
      }
      await within(graceMs, threads.idle());
      for (const run of threads.runs()) stopRun(run, 'shutdown');
      await within(closingMs, threads.idle());
      await lease.end();
    },
  };
}

/** @param run the same turn while it is being delivered: its trace is written before its end is noted. */
function knownTurn(turn: StoredTurn, run: Run | undefined): KnownTurn | undefined {
  if (turn.state === 'merged') return undefined;
  const { message } = readAsked(turn.asked);
  return {
    turn: turn.id,
    thread: turn.thread,
    place: message.place,
    asker: message.person.id,
    trace: turn.trace ?? run?.end?.trace ?? null,
    running: turn.state === 'running' && run?.end === undefined,
    askedAtMs: turn.askedAtMs,
    message: message.message,
    reply: message.reply,
  };
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, late]);
  clearTimeout(timer);
}
