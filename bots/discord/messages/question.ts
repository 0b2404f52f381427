import type { KnownTurn } from '../../conversation/conversation.ts';
import type { Message } from '../../conversation/message.ts';
import type { Desk } from '../desk.ts';
import type { RawMessage } from '../payloads/message.ts';
import { placeOf, type Spot, threadName } from '../places.ts';
import { mentions } from '../readable.ts';
import { readableMessage, selfIn } from '../reading.ts';
import type { MessageReply } from '../reply.ts';

/** What a message is to the twin: said to it, said where it is part of the conversation, or none of its business. */
export type Relation = {
  readonly addressed: boolean;
  readonly mentionsOthers: boolean;
  /** One of the twin's own messages that it replies to. */
  readonly repliesToMe: string | null;
  readonly repliesTo: string | null;
};

export function relationOf(desk: Desk, raw: RawMessage, spot: Spot): Relation {
  const { me, others } = mentions(raw.content, selfIn(desk, raw.guild_id));
  // Without the Message Content intent the text can be empty where the list of mentions is not.
  const listed = raw.content === '' && raw.mentions.some(({ id }) => id === desk.me);
  const reference = raw.message_reference;
  const repliesTo = reference?.type === 0 ? (reference.message_id ?? null) : null;
  const toMe = raw.referenced_message?.author.id === desk.me;
  const toOthers = repliesTo !== null && raw.referenced_message != null && !toMe;
  return {
    addressed: me || listed || toMe || spot.kind === 'direct',
    mentionsOthers: others || raw.mention_everyone || toOthers,
    repliesToMe: toMe ? repliesTo : null,
    repliesTo,
  };
}

/** A message as the conversation takes it; undefined when it is none of the twin's business. */
export async function questionOf(
  desk: Desk,
  raw: RawMessage,
  spot: Spot,
): Promise<Message | undefined> {
  const relation = relationOf(desk, raw, spot);
  const { addressed, mentionsOthers } = relation;
  const place = placeOf(spot);
  // A thread has the id of the message it hangs under: a question, or an answer that people go on from.
  const above = spot.kind === 'thread' ? await desk.conversation.turnAt(place, spot.id) : undefined;
  if (!addressed && !spot.joined && above === undefined) return undefined;
  const text = readableMessage(desk, raw);
  // Nothing to read, and not meant for us: most often what we may not read without the intent.
  if (!addressed && text === '') return undefined;
  const { thread, opensThread, opens } = await threadOf(desk, raw, spot, relation, above);
  const reply: MessageReply = {
    via: 'message',
    channel: raw.channel_id,
    message: raw.id,
    opens,
    inThread: spot.kind === 'thread',
    repliesTo: relation.repliesTo,
    files: raw.attachments.length > 0,
    unreadable: isUnreadable(desk, raw, spot),
  };
  return {
    event: raw.id,
    message: raw.id,
    thread,
    opensThread,
    place,
    person: {
      id: raw.author.id,
      roles: raw.member?.roles ?? [],
      locale:
        (spot.guild === null ? undefined : desk.surroundings.guild(spot.guild))?.locale ?? null,
      bot: raw.author.bot || raw.webhook_id !== undefined,
    },
    text,
    addressed,
    mentionsOthers,
    task: 'answer',
    reply,
  };
}

/** The message said something that Discord keeps from us: a reply without a mention, without the intent. */
const isUnreadable = (desk: Desk, raw: RawMessage, spot: Spot): boolean =>
  !desk.messageContent &&
  spot.kind !== 'direct' &&
  raw.content === '' &&
  !raw.mentions.some(({ id }) => id === desk.me);

type Threading = Pick<Message, 'thread' | 'opensThread'> & { readonly opens: boolean };

async function threadOf(
  { conversation }: Desk,
  raw: RawMessage,
  spot: Spot,
  { repliesTo, repliesToMe }: Relation,
  above: KnownTurn | undefined,
): Promise<Threading> {
  if (spot.kind !== 'channel') {
    const thread = above?.thread ?? threadName(raw.channel_id);
    return { thread, opensThread: false, opens: false };
  }
  const place = placeOf(spot);
  const { answerIn } = await conversation.settings(place);
  const begins = { thread: threadName(raw.id), opensThread: repliesTo === null };
  if (answerIn === 'thread' && spot.threads) return { ...begins, opens: true };
  if (repliesToMe === null) return { ...begins, opens: false };
  const known = await conversation.turnAt(place, repliesToMe);
  const thread = known?.thread ?? threadName(repliesToMe);
  return { thread, opensThread: false, opens: false };
}
