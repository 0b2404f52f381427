import { randomUUID } from 'node:crypto';
import type { StoredTurn } from '../state/port.ts';
import { type Asked, readAsked, readMerged, wordsOf, writeAsked } from './asked.ts';
import type { Channel } from './channel.ts';
import type { Conversation, Heard } from './conversation.ts';
import { type Desk, takeIn } from './desk.ts';
import { reasonToRefuse, refuse } from './hear.ts';
import type { Person, Wish } from './message.ts';
import { placeKey } from './place.ts';
import { newRun, type Run, reask, stopRun } from './run.ts';

type Edit = Parameters<Conversation['edited']>[0];
type Deletion = Parameters<Conversation['deleted']>[0];
type Again = Parameters<Conversation['again']>[0];

/** The turn that a message asks; when it was one of several in a row, the turn they became. */
async function turnAsking(
  { state }: Desk,
  place: Edit['place'],
  message: string,
): Promise<StoredTurn | undefined> {
  const turn = await state.turnAt(placeKey(place), message);
  return turn?.state === 'merged' ? await state.turn(readMerged(turn.asked)) : turn;
}

const holds = (asked: Asked, message: string): boolean =>
  asked.parts.some((part) => part.message === message);

export async function edit(desk: Desk, change: Edit, channel: Channel): Promise<Heard> {
  const { thread, message, text, place } = change;
  desk.memory.noteEdit(thread, message, text);
  const turn = await turnAsking(desk, place, message);
  if (turn === undefined) return { kind: 'ignored' };
  const running = desk.threads.find(turn.id);
  if (running) {
    if (running.end === undefined) return askInstead(desk, running, change);
    // It is being delivered at this very moment; what stands then is replaced.
    await running.heard.promise.catch(() => undefined);
  }
  const ended = running ? await desk.state.turn(turn.id) : turn;
  if (ended === undefined || !holds(readAsked(ended.asked), message)) return { kind: 'ignored' };
  const isLate = Date.now() - ended.askedAtMs > desk.timing.editableMs;
  if (ended.state !== 'ended' || ended.withdrawn || isLate) return { kind: 'ignored' };
  const [before] = await desk.traces.traces({ ids: ended.trace === null ? [] : [ended.trace] });
  if (before === undefined || before.question === text.trim()) return { kind: 'ignored' };
  const asked = readAsked(ended.asked);
  // Of several messages in a row only this one's words are still known: it asks alone.
  return replace(desk, ended, { ...asked.message, text }, `edit:${change.event}`, channel);
}

async function askInstead(
  { state }: Desk,
  run: Run,
  { message, text }: Pick<Edit, 'message' | 'text'>,
): Promise<Heard> {
  const parts = run.asked.parts.map((part) =>
    part.message === message ? { ...part, text } : part,
  );
  const asked = { ...run.asked, parts };
  if (wordsOf(asked) !== wordsOf(run.asked)) {
    reask(run, asked);
    await state.ask(run.turn, writeAsked(asked));
  }
  return { kind: 'merged', turn: run.turn };
}

export async function remove(desk: Desk, { place, thread, message }: Deletion): Promise<void> {
  desk.memory.noteDeletion(thread, message);
  const turn = await turnAsking(desk, place, message);
  if (turn === undefined) return;
  const run = desk.threads.find(turn.id);
  if (run === undefined) {
    if (holds(readAsked(turn.asked), message)) await desk.state.withdraw(turn.id);
    return;
  }
  const parts = run.asked.parts.filter((part) => part.message !== message);
  if (parts.length === run.asked.parts.length) return;
  if (parts.length > 0) {
    const asked = { ...run.asked, parts };
    reask(run, asked);
    await desk.state.ask(run.turn, writeAsked(asked));
    return;
  }
  stopRun(run, 'deleted');
  await desk.state.withdraw(run.turn);
}

export async function stop(
  { threads, pseudonym }: Desk,
  turn: string,
  person: Person,
): ReturnType<Conversation['stop']> {
  const run = threads.find(turn);
  if (run === undefined || run.end !== undefined) return 'not-running';
  if (pseudonym(run.asked.message.place, person) !== run.asker) return 'not-asker';
  stopRun(run, 'asker');
  return 'stopped';
}

export async function again(
  desk: Desk,
  { event, turn: id, person, wish, reply }: Again,
  channel: Channel,
): Promise<Heard | { readonly kind: 'unknown' }> {
  // Its buttons stand on the platform a moment before the turn counts as ended.
  const running = desk.threads.find(id);
  if (running?.end !== undefined) await running.heard.promise.catch(() => undefined);
  const turn = await desk.state.turn(id);
  if (turn === undefined || turn.state !== 'ended') return { kind: 'unknown' };
  const [before] = await desk.traces.traces({ ids: turn.trace === null ? [] : [turn.trace] });
  if (before === undefined) return { kind: 'unknown' };
  const { message } = readAsked(turn.asked);
  const asked = { ...message, person, text: before.question, reply: reply ?? message.reply };
  return replace(desk, turn, asked, `again:${event}`, channel, wish);
}

/** Answers a turn's question once more, in the place of its answer. */
async function replace(
  desk: Desk,
  turn: StoredTurn,
  message: Asked['message'],
  event: string,
  channel: Channel,
  wish?: Wish,
): Promise<Heard> {
  const asked: Asked = {
    message: { ...message, event },
    parts: [{ message: message.message, text: message.text }],
    ...(wish && { wish }),
    ...(turn.trace !== null && { replaces: { turn: turn.id, trace: turn.trace } }),
  };
  const id = randomUUID();
  if (!(await takeIn(desk, id, asked, event, turn.where))) return { kind: 'duplicate' };
  if (desk.draining()) return { kind: 'postponed' };
  const asker = desk.pseudonym(message.place, message.person);
  const allowed = await desk.allowedFor(message.place, message.person);
  const notice = await reasonToRefuse(desk, asked.message, allowed, asker);
  if (notice) return refuse(desk, id, asked, notice, channel);
  const run = newRun({ turn: id, channel, asked, asker, where: turn.where });
  desk.threads.enqueue(run);
  return run.heard.promise;
}
