import type { Message } from '../../conversation/message.ts';
import type { Desk } from '../desk.ts';
import {
  deletedInBulkSchema,
  deletedSchema,
  messageSchema,
  type RawMessage,
  saidTypes,
} from '../payloads/message.ts';
import { placeOf, threadName } from '../places.ts';
import { readableMessage } from '../reading.ts';
import { questionOf } from './question.ts';

/** An edit makes a question out of a message, by mentioning the twin after all, so long after it was sent. */
const forgottenMentionMs = 15 * 60_000;

/** Whether a person, or another bot, said this; own messages and Discord's notices are nobody's words. */
const isSaid = ({ me }: Desk, raw: RawMessage): boolean =>
  raw.author.id !== me && saidTypes.has(raw.type);

export async function messageCreated(desk: Desk, payload: unknown): Promise<void> {
  await heard(desk, messageSchema.parse(payload), () => true);
}

/** Hears a message that was said, unless it is not to be taken as a question. */
export async function heard(
  desk: Desk,
  raw: RawMessage,
  isWanted: (question: Message) => boolean,
): Promise<void> {
  if (!isSaid(desk, raw)) return;
  const spot = await desk.places.find(raw.channel_id, raw.guild_id);
  const question = await questionOf(desk, raw, spot);
  if (question === undefined || !isWanted(question)) return;
  await desk.conversation.hear(question, desk.channel);
}

export async function messageUpdated(desk: Desk, payload: unknown): Promise<void> {
  // Link previews arrive as updates too, some with little more than the preview.
  const parsed = messageSchema.safeParse(payload);
  if (!parsed.success || !parsed.data.edited_timestamp) return;
  const raw = parsed.data;
  if (!isSaid(desk, raw)) return;
  const { conversation, channel, places, now } = desk;
  const spot = await places.find(raw.channel_id, raw.guild_id);
  const place = placeOf(spot);
  const known = await conversation.turnAt(place, raw.id);
  if (known === undefined && now() - Date.parse(raw.timestamp) < forgottenMentionMs) {
    const question = await questionOf(desk, raw, spot);
    // Claimed by the message's id, so that what was heard when it was sent is not heard again.
    if (question?.addressed === true) {
      const heard = await conversation.hear(question, channel);
      if (heard.kind !== 'duplicate') return;
    }
  }
  const change = {
    event: `${raw.id}:${raw.edited_timestamp}`,
    place,
    thread: known?.thread ?? threadName(raw.channel_id),
    message: raw.id,
    text: readableMessage(desk, raw),
  };
  await conversation.edited(change, channel);
}

export async function messageDeleted(desk: Desk, payload: unknown): Promise<void> {
  const { id, channel_id, guild_id } = deletedSchema.parse(payload);
  await forget(desk, channel_id, guild_id, [id]);
}

export async function messagesDeleted(desk: Desk, payload: unknown): Promise<void> {
  const { ids, channel_id, guild_id } = deletedInBulkSchema.parse(payload);
  await forget(desk, channel_id, guild_id, ids);
}

async function forget(
  { conversation, places }: Desk,
  channel: string,
  guild: string | undefined,
  messages: readonly string[],
): Promise<void> {
  const place = placeOf(await places.find(channel, guild));
  for (const message of messages) {
    const known = await conversation.turnAt(place, message);
    const thread = known?.thread ?? threadName(channel);
    await conversation.deleted({ place, thread, message });
  }
}
