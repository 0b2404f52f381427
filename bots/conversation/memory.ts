import type { TraceLog } from '../../monitoring/tracer.ts';
import type { Turn } from '../../pipelines/inference/ask.ts';
import type { ConversationState, StoredTurn } from '../state/port.ts';
import { type Asked, readAsked } from './asked.ts';
import type { Channel, Said } from './channel.ts';
import type { Place } from './message.ts';
import { placeKey } from './place.ts';

export type Memory = {
  /**
   * The last turns of the thread before the question that fit the budget, oldest first. Read from the platform's
   * thread where it keeps one, else from the traces.
   */
  recall(
    asked: Asked,
    turn: string,
    channel: Channel,
    signal: AbortSignal,
  ): Promise<readonly Turn[]>;
  /** Everything said in the thread, for a summary. */
  whole(
    asked: Asked,
    turn: string,
    channel: Channel,
    signal: AbortSignal,
  ): Promise<readonly Turn[]>;
  /** Something was said in the thread; of what the twin says the text is looked up when it is needed. */
  noteSaid(thread: string, said: Said): void;
  noteEdit(thread: string, message: string, text: string): void;
  noteDeletion(thread: string, message: string): void;
};

export type MemoryPorts = {
  readonly state: Pick<ConversationState, 'turns' | 'turnAt'>;
  readonly traces: Pick<TraceLog, 'traces'>;
  /** Most tokens of a thread, at four UTF-16 units a token. */
  readonly tokens: number;
};

/** Most threads whose platform history is kept, most messages of each, and for how long. */
const keptThreads = 500;
const keptMessages = 400;
const keptMs = 300_000;
/** More turns than these would never fit a budget. */
const mostTurns = 40;

export function openMemory({ state, traces, tokens }: MemoryPorts): Memory {
  const read = new Map<string, { readonly said: readonly Said[]; readonly atMs: number }>();

  const keep = (thread: string, said: readonly Said[], atMs = Date.now()): void => {
    read.delete(thread);
    read.set(thread, { said: said.slice(-keptMessages), atMs });
    const [oldest] = read.keys();
    if (read.size > keptThreads && oldest !== undefined) read.delete(oldest);
  };

  /** Only a thread that was read is kept up to date: another's beginning would be missing. */
  const amend = (thread: string, change: (said: readonly Said[]) => readonly Said[]): void => {
    const kept = read.get(thread);
    if (kept) keep(thread, change(kept.said), kept.atMs);
  };

  const platformThread = async (
    { message, parts }: Asked,
    channel: Channel,
    signal: AbortSignal,
  ): Promise<readonly Said[] | null> => {
    if (channel.history === undefined) return null;
    const kept = read.get(message.thread);
    if (kept && Date.now() - kept.atMs < keptMs) return kept.said;
    const before = message.opensThread ? [] : await channel.history(message, signal);
    if (before === null) return null;
    const known = new Set(before.map(({ message: id }) => id));
    const asked = parts.flatMap(({ message: id, text }): Said[] =>
      id === null || known.has(id) ? [] : [{ role: 'user', message: id, text }],
    );
    const said = [...before, ...asked];
    keep(message.thread, said);
    return said;
  };

  /** What the twin said, in the words of its trace: without the sources and buttons that the platform shows with it. */
  const asSaid = async (
    said: Said,
    place: Place,
    answered: Set<string>,
  ): Promise<readonly Turn[]> => {
    const { role, text } = said;
    if (role === 'user') return [{ role, text }];
    const turn = await state.turnAt(placeKey(place), said.message);
    if (turn === undefined) return text === '' ? [] : [{ role, text }];
    // A long answer is several messages.
    if (turn.withdrawn || turn.trace === null || answered.has(turn.id)) return [];
    answered.add(turn.id);
    const [trace] = await traces.traces({ ids: [turn.trace] });
    if (trace === undefined) return [];
    const answer: Turn = { role, text: trace.answer };
    // A command is nobody's message: its question stands in the trace alone.
    const isCommand = readAsked(turn.asked).message.message === null;
    return isCommand ? [{ role: 'user', text: trace.question }, answer] : [answer];
  };

  const fromTraces = async ({ message, replaces }: Asked, turn: string, limit: number) => {
    const stored = await state.turns(message.thread, limit);
    const begun = stored.findIndex(({ id }) => id === (replaces?.turn ?? turn));
    const before = stored.slice(begun + 1).filter(isMemorable);
    const found = await traces.traces({ ids: before.flatMap(({ trace }) => trace ?? []) });
    const byId = new Map(found.map((trace) => [trace.id, trace]));
    return before.reverse().flatMap(({ trace }): Turn[] => {
      const known = trace === null ? undefined : byId.get(trace);
      if (known === undefined) return [];
      return [
        { role: 'user', text: known.question },
        { role: 'twin', text: known.answer },
      ];
    });
  };

  const thread = async (
    asked: Asked,
    turn: string,
    channel: Channel,
    signal: AbortSignal,
    budget: number,
  ): Promise<readonly Turn[]> => {
    const said = await platformThread(asked, channel, signal);
    if (said === null) return lastWithin(await fromTraces(asked, turn, mostTurns), budget);
    const begun = said.findIndex(({ message }) => message === asked.message.message);
    const before = begun < 0 ? said : said.slice(0, begun);
    const answered = new Set([
      turn,
      ...(asked.replaces === undefined ? [] : [asked.replaces.turn]),
    ]);
    const turns: Turn[] = [];
    let used = 0;
    // From the end, so that a thread of hundreds costs no more than what is kept of it.
    for (const each of before.toReversed()) {
      const known = await asSaid(each, asked.message.place, answered);
      used += known.reduce((sum, turn) => sum + tokensOf(turn), 0);
      if (used > budget) break;
      turns.push(...known.toReversed());
    }
    return beginningWithQuestion(turns.reverse());
  };

  return {
    recall: (asked, turn, channel, signal) => thread(asked, turn, channel, signal, tokens),
    whole: (asked, turn, channel, signal) =>
      thread(asked, turn, channel, signal, Number.POSITIVE_INFINITY),
    noteSaid: (name, said) =>
      amend(name, (before) =>
        before.some(({ message }) => message === said.message) ? before : [...before, said],
      ),
    noteEdit: (name, message, text) =>
      amend(name, (before) =>
        before.map((said) => (said.message === message ? { ...said, text } : said)),
      ),
    noteDeletion: (name, message) =>
      amend(name, (before) => before.filter((said) => said.message !== message)),
  };
}

const isMemorable = ({ outcome }: StoredTurn): boolean =>
  outcome === 'answered' || outcome === 'abstained';

const tokensOf = ({ text }: Turn): number => Math.ceil(text.length / 4);

/** The longest end of the thread within the budget, beginning with a question. */
function lastWithin(turns: readonly Turn[], budget: number): readonly Turn[] {
  let used = 0;
  let from = turns.length;
  for (const turn of turns.toReversed()) {
    used += tokensOf(turn);
    if (used > budget) break;
    from -= 1;
  }
  return beginningWithQuestion(turns.slice(from));
}

function beginningWithQuestion(turns: readonly Turn[]): readonly Turn[] {
  const first = turns.findIndex(({ role }) => role === 'user');
  return first < 0 ? [] : turns.slice(first);
}
