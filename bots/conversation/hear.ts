import { randomUUID } from 'node:crypto';
import { type Asked, asking, mergedInto, writeAsked } from './asked.ts';
import { continues } from './burst.ts';
import type { Channel, Notice, ReplyEvent } from './channel.ts';
import type { Allowed, Heard } from './conversation.ts';
import { type Desk, endRefused, takeIn } from './desk.ts';
import { overLimit } from './limits.ts';
import type { Message } from './message.ts';
import { placeKey } from './place.ts';
import { newRun, type Run, reask, stopRun } from './run.ts';
import type { ChannelSettings } from './settings.ts';
import { saysStop } from './stop-words.ts';

/** With more than so many answers waiting for a slot, an honest "busy" is quicker. */
const mostWaiting = 200;

/** What a message that was taken in came to: an end already, or an answer that is on its way. */
type TakenIn = { readonly heard: Promise<Heard> };

/** Takes a message in; resolves as soon as its place in the thread is certain. */
export async function takeMessage(
  desk: Desk,
  message: Message,
  channel: Channel,
): Promise<TakenIn> {
  const at = (heard: Heard): TakenIn => ({ heard: Promise.resolve(heard) });
  const settings = await desk.settingsOf(message.place);
  if (!(await isForTwin(desk, message, settings))) return at({ kind: 'ignored' });
  const silent = await botsHadTheirTurns(desk, message, settings);
  const asked = asking(message);
  const turn = randomUUID();
  if (!(await takeIn(desk, turn, asked, message.event))) return at({ kind: 'duplicate' });
  if (desk.draining()) return at({ kind: 'postponed' });
  if (silent) {
    await endRefused(desk, turn, asked);
    return at({ kind: 'refused' });
  }
  const stopped = await stopTyped(desk, turn, message);
  if (stopped !== undefined) return at({ kind: 'merged', turn: stopped });
  if (message.addressed) await desk.state.resolve(message.thread, false);
  const asker = desk.pseudonym(message.place, message.person);
  const allowed = await desk.allowedFor(message.place, message.person);
  const notice = isTypedInQuiet(message, settings)
    ? ({ code: 'quiet' } as const)
    : await reasonToRefuse(desk, message, allowed, asker);
  if (notice) return { heard: refuse(desk, turn, asked, notice, channel) };
  const run = newRun({ turn, channel, asked, asker });
  const merged = await merge(desk, run);
  if (merged !== undefined) return at({ kind: 'merged', turn: merged });
  desk.threads.enqueue(run);
  return { heard: run.heard.promise };
}

/** Stops the asker's own answer in the thread when that is what the message says; returns its turn. */
async function stopTyped(
  { state, threads, pseudonym }: Desk,
  turn: string,
  { message, thread, place, person, text }: Message,
): Promise<string | undefined> {
  const running = threads.last(thread);
  if (message === null || running === undefined || running.end !== undefined) return undefined;
  if (running.asker !== pseudonym(place, person) || !saysStop(text, person.locale))
    return undefined;
  stopRun(running, 'asker');
  await state.end(turn, {
    state: 'merged',
    outcome: null,
    trace: null,
    asked: mergedInto(running.turn),
  });
  return running.turn;
}

/** Whether a message is for the twin at all; nothing is kept of one that is not. */
async function isForTwin(
  { state }: Desk,
  message: Message,
  settings: ChannelSettings,
): Promise<boolean> {
  if (message.person.bot && (settings.bots === 'ignore' || settings.quiet)) return false;
  if (message.addressed) return true;
  if (settings.quiet || !settings.followUps) return false;
  if (message.mentionsOthers || message.opensThread || message.text.trim() === '') return false;
  const [latest] = await state.turns(message.thread, 1);
  return latest !== undefined && !(await state.isResolved(message.thread));
}

/**
 * Whether another bot has had its answers in a row: it gets nothing more, not even a notice, which it would
 * answer again.
 */
async function botsHadTheirTurns(
  { state }: Desk,
  { thread, person }: Message,
  { botTurns }: ChannelSettings,
): Promise<boolean> {
  if (!person.bot) return false;
  const latest = await state.turns(thread, botTurns);
  return latest.length >= botTurns && latest.every(({ bot }) => bot);
}

/** A channel that is quiet still takes commands, which are nobody's message. */
const isTypedInQuiet = ({ message, place }: Message, { quiet }: ChannelSettings): boolean =>
  quiet && place.kind === 'channel' && message !== null;

/** Why a question that was taken in is not answered; undefined when it is. */
export async function reasonToRefuse(
  { state, limits, slots }: Desk,
  message: Message,
  allowed: Allowed,
  asker: string,
): Promise<Notice | undefined> {
  if (!allowed.allowed) return { code: 'not-allowed' };
  const { length } = message.text;
  if (message.task === 'answer' && message.text.trim() === '') return { code: 'empty' };
  if (length > limits.length) return { code: 'too-long', most: limits.length, length };
  if (slots.waiting() >= mostWaiting) return { code: 'busy', retryAfterMs: 10_000 };
  const { place } = message;
  return overLimit(limits, state, { asker, place: placeKey(place), kind: place.kind }, Date.now());
}

/** Ends a turn with a notice instead of an answer. */
export async function refuse(
  desk: Desk,
  turn: string,
  asked: Asked,
  notice: Notice,
  channel: Channel,
): Promise<Heard> {
  try {
    await channel.deliver({
      turn,
      message: asked.message,
      events: only({ type: 'notice', notice }),
      earlier: null,
      recovered: false,
      stands: async () => undefined,
    });
  } finally {
    // Only then: of a process that is killed in between another says it once more.
    await endRefused(desk, turn, asked);
  }
  return { kind: 'refused' };
}

async function* only(event: ReplyEvent): AsyncGenerator<ReplyEvent, void> {
  yield event;
}

/** Makes the message part of the turn before it where it belongs there; returns that turn. */
async function merge({ state, threads }: Desk, run: Run): Promise<string | undefined> {
  const before = threads.last(run.asked.message.thread);
  if (before === undefined || !continues(run.asked, run.asker, before)) return undefined;
  const asked = { ...before.asked, parts: [...before.asked.parts, ...run.asked.parts] };
  reask(before, asked);
  await state.ask(before.turn, writeAsked(asked));
  await state.end(run.turn, {
    state: 'merged',
    outcome: null,
    trace: null,
    asked: mergedInto(before.turn),
  });
  return before.turn;
}
