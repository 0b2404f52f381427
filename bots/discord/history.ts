import type { Said } from '../conversation/channel.ts';
import type { Message } from '../conversation/message.ts';
import { roleOf } from './answer/components.ts';
import { troubleOf } from './failure.ts';
import {
  loadingFlag,
  type QuotedMessage,
  type RawComponent,
  type RawMessage,
  saidTypes,
  threadStarter,
} from './payloads/message.ts';
import { readReply } from './reply.ts';
import { byId } from './standing.ts';
import type { Wire } from './wire.ts';
import { barred } from './writer/edit.ts';

export type HistoryPorts = {
  readonly wire: Wire;
  readonly me: string;
  /** The words of a person's message as they are read. */
  readonly read: (message: QuotedMessage) => string;
};

/** How far a chain of replies is followed: each step is a request. */
const longestChain = 12;

/**
 * What was said before: in threads and direct messages the last hundred messages, in a channel the chain of
 * messages that the question replies to. Null where the bot cannot read.
 */
export async function historyOf(
  ports: HistoryPorts,
  message: Message,
): Promise<readonly Said[] | null> {
  const reply = readReply(message.reply);
  const here = reply.inThread || message.place.kind === 'direct';
  try {
    if (reply.via === 'interaction') {
      // What somebody asks in private has a thread of its own, which the platform does not keep.
      const readable = reply.canPost && (message.task === 'summary' || !reply.ephemeral);
      return readable && here ? await lastSaid(ports, reply.channel) : null;
    }
    if (here) return await lastSaid(ports, reply.channel, reply.message);
    if (reply.repliesTo === null) return [];
    return await chain(ports, reply.channel, reply.repliesTo);
  } catch (error) {
    if (barred.has(troubleOf(error))) return null;
    throw error;
  }
}

async function lastSaid(
  ports: HistoryPorts,
  channel: string,
  before?: string,
): Promise<readonly Said[]> {
  const range = before === undefined ? {} : { before };
  const messages = [...(await ports.wire.messages(channel, range))].sort(byId);
  const said: Said[] = [];
  for (const message of messages) {
    const { type, referenced_message: under } = message;
    if (type === threadStarter && under) {
      // The thread continues what the message above it replied to.
      const earlier = under.message_reference?.message_id;
      if (earlier !== undefined) {
        said.push(...(await chain(ports, under.channel_id, earlier).catch(() => [])));
      }
      said.push(...asSaid(ports, under));
    } else said.push(...asSaid(ports, message));
  }
  return said;
}

async function chain(ports: HistoryPorts, channel: string, from: string): Promise<readonly Said[]> {
  const said: Said[] = [];
  let next: string | undefined = from;
  for (let step = 0; step < longestChain && next !== undefined; step += 1) {
    const message: RawMessage | undefined = await ports.wire
      .message(channel, next)
      .catch((error: unknown) => {
        // Where somebody deleted a message the chain ends.
        if (troubleOf(error) === 'gone') return undefined;
        throw error;
      });
    if (message === undefined) break;
    said.unshift(...asSaid(ports, message));
    next = message.message_reference?.type === 0 ? message.message_reference.message_id : undefined;
  }
  return said;
}

function asSaid({ me, read }: HistoryPorts, message: QuotedMessage): readonly Said[] {
  const { id, author, components, flags, type } = message;
  if (author.id !== me) {
    const text = saidTypes.has(type) ? read(message) : '';
    return text === '' ? [] : [{ role: 'user', text, message: id }];
  }
  if ((flags & loadingFlag) !== 0) return [];
  // The question of a command stands nowhere but above its answer.
  const question = quotedQuestion(components);
  return [
    ...(question === '' ? [] : [{ role: 'user' as const, text: question, message: id }]),
    { role: 'twin', text: answerText(components), message: id },
  ];
}

function quotedQuestion(components: readonly RawComponent[]): string {
  const quote = components.find(({ id }) => roleOf(id) === 'quote')?.content ?? '';
  return quote.replace(/^> /u, '').replace(/\\(?=[^\p{L}\p{N}\s])/gu, '');
}

/** What the twin said in one of our messages, without the question, the notes and the sources around it. */
function answerText(components: readonly RawComponent[]): string {
  return components
    .filter(({ id }) => roleOf(id) === 'answer')
    .map(({ content }) => content ?? '')
    .join('\n')
    .replace(/ ?\[\\\[(\d+)\\\]\]\(<[^>]*>\)/gu, ' [$1]')
    .trim();
}

/** All that a laid-out message says, whoever laid it out. */
export function componentText(components: readonly RawComponent[]): string {
  return components
    .flatMap(({ content, components: inner }) => [content ?? '', componentText(inner ?? [])])
    .filter((text) => text !== '')
    .join('\n');
}
