import { setTimeout as wait } from 'node:timers/promises';
import type { Question } from '../../pipelines/inference/ask.ts';
import { TransientError } from '../../pipelines/stores/errors.ts';
import type { ConversationState } from '../state/port.ts';
import { withoutWords, wordsOf, writeAsked } from './asked.ts';
import { settled } from './burst.ts';
import type { Lease } from './lease.ts';
import { type ReplyPorts, replyEvents } from './reply.ts';
import type { Run } from './run.ts';
import type { Slots } from './slots.ts';

export type AnsweringPorts = ReplyPorts & {
  readonly state: ConversationState;
  readonly lease: Lease;
  readonly slots: Slots;
  readonly accessOf: (run: Run) => Promise<Question['access']>;
  /** How long an unfinished question waits for its rest. */
  readonly burstMs: number;
  /** After this time a delivery that has not come back is given up, so that the thread can go on. */
  readonly deliverMs: number;
};

/** How often another process's answer in the same thread is waited for. */
const laneMs = 50;

/** Answers one turn from its place in the line until its answer stands and is noted as ended. Never throws. */
export async function answerRun(run: Run, ports: AnsweringPorts): Promise<void> {
  const { state, lease } = ports;
  const { thread } = run.asked.message;
  try {
    await settled(run, ports.burstMs);
    while (!(await lease.enter(thread))) await wait(laneMs);
    const giveBack = await ports.slots.take();
    try {
      await deliver(run, ports);
    } finally {
      giveBack();
    }
    const end = run.end ?? { outcome: 'undelivered' as const, trace: null };
    await finish(run, end, state);
    if (end.outcome === 'undelivered') throw new Error('The channel left an answer unread.');
    const { outcome, trace } = end;
    run.heard.resolve({ kind: outcome, turn: run.turn, trace });
  } catch (failure) {
    await finish(run, { outcome: 'undelivered', trace: run.end?.trace ?? null }, state).catch(
      () => undefined,
    );
    run.heard.reject(failure);
  } finally {
    await lease.leave(thread).catch(() => undefined);
  }
}

type Finished = {
  readonly outcome: NonNullable<Run['end']>['outcome'];
  readonly trace: string | null;
};

async function finish(run: Run, { outcome, trace }: Finished, state: ConversationState) {
  const asked = writeAsked(withoutWords(run.asked));
  await state.end(run.turn, { state: 'ended', outcome, trace, asked });
  const { replaces } = run.asked;
  if (replaces && (outcome === 'answered' || outcome === 'abstained')) {
    await state.withdraw(replaces.turn);
  }
}

/** Hands the answer to the channel, and again for as long as the question changes under it. */
async function deliver(run: Run, ports: AnsweringPorts): Promise<void> {
  const { state, memory } = ports;
  let first = true;
  do {
    if (run.stopped === undefined) run.attempt = new AbortController();
    run.shown = false;
    run.end = undefined;
    const { asked, version } = run;
    const access = await ports.accessOf(run);
    const delivered = run.channel.deliver({
      turn: run.turn,
      message: { ...asked.message, text: wordsOf(asked) },
      events: replyEvents(run, access, ports),
      earlier: run.where,
      recovered: run.recovered && first && run.where === null,
      async stands(where, messages) {
        run.where = where;
        const [message] = messages;
        if (message !== undefined) {
          // At once: what is said next comes after it.
          memory.noteSaid(asked.message.thread, { role: 'twin', message, text: '' });
        }
        await state.stand(run.turn, where, messages);
      },
    });
    await inTime(delivered, ports.deliverMs);
    first = false;
    if (run.version === version) return;
  } while (run.stopped === undefined);
}

async function inTime(delivered: Promise<void>, mostMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      reject(
        new TransientError(`The platform did not take an answer within ${mostMs / 1_000} s.`, {
          code: 'conversation.undelivered',
          hint: 'Look whether the platform has an incident; the answer stands in the traces.',
        }),
      ),
    mostMs,
  );
  try {
    await Promise.race([delivered, late]);
  } finally {
    clearTimeout(timer);
  }
}
