import { randomUUID } from 'node:crypto';
import type { Turn } from '../../../pipelines/inference/ask.ts';
import type { Said } from '../../conversation/channel.ts';
import type { Message } from '../../conversation/message.ts';
import { apiPlace, type Caller, narrowed, personOf } from '../auth/caller.ts';

/** A question as any of the routes takes it. */
export type Asking = {
  readonly caller: Caller;
  readonly question: string;
  /** A name of the key's own; null for a question that begins one. */
  readonly thread: string | null;
  /** What was said before where the client remembers it; null: it is remembered here. */
  readonly history: readonly Turn[] | null;
  readonly only: NonNullable<Message['only']>;
  readonly length: 'short' | 'long' | undefined;
  readonly locale: string | null;
  readonly idempotencyKey: string | null;
};

/** What a request asks, as a mark that is kept with its turn: the same key with another request is a mistake. */
export function markOf(asking: Asking): string | null {
  const { caller, idempotencyKey, question, thread, history, only, length } = asking;
  if (idempotencyKey === null) return null;
  return caller.seal(JSON.stringify([question, thread, history, only, length ?? null]));
}

/**
 * The message of one try at a request. A try that came to no answer may be followed by another under the same key, as an
 * event of its own.
 */
export function messageOf(asking: Asking, threadName: string, attempt: number): Message {
  const { caller, question, only, length, locale, idempotencyKey } = asking;
  return {
    event: eventOf(caller, idempotencyKey ?? randomUUID(), attempt),
    message: null,
    // Nobody else's thread, whatever they call it.
    thread: `api:${caller.name}:${threadName}`,
    opensThread: false,
    place: apiPlace,
    person: personOf(caller, locale),
    text: question,
    addressed: true,
    mentionsOthers: false,
    task: 'answer',
    only: narrowed(caller, only) ?? {},
    ...(length && { length }),
    reply: markOf(asking),
  };
}

const eventOf = ({ name }: Caller, key: string, attempt: number): string =>
  JSON.stringify([name, key, attempt]);

/** More than a model is given anyway: what lies further back need not be carried along. UTF-16 units. */
const mostHistory = 16_000;

/** The end of a brought-along history, as a channel hands over what was said. */
export function saidBefore(history: readonly Turn[]): readonly Said[] {
  const id = randomUUID();
  let used = 0;
  const kept = history.toReversed().map((turn, back): Said | null => {
    used += turn.text.length;
    return used > mostHistory ? null : { ...turn, message: `${id}:${history.length - back}` };
  });
  return kept.filter((said) => said !== null).reverse();
}
