import { z } from 'zod';

/** The parts of a message event that we read; everything else of it stays outside. */
const messageSchema = z.object({
  ts: z.string(),
  user: z.string().optional(),
  user_team: z.string().optional(),
  bot_id: z.string().optional(),
  text: z.string().optional(),
  thread_ts: z.string().optional(),
  subtype: z.string().optional(),
  edited: z.object({ ts: z.string() }).optional(),
});

const eventSchema = messageSchema.extend({
  type: z.enum(['message', 'app_mention']),
  channel: z.string(),
  channel_type: z.string().optional(),
  hidden: z.boolean().optional(),
  message: messageSchema.optional(),
  previous_message: messageSchema.optional(),
  deleted_ts: z.string().optional(),
});

export type SlackMessage = z.infer<typeof messageSchema>;

/** What a message event tells. */
export type Told =
  | {
      readonly kind: 'said';
      readonly message: SlackMessage & { readonly user: string };
      readonly bot: boolean;
    }
  | {
      readonly kind: 'edited';
      readonly message: SlackMessage & { readonly user: string };
      readonly before: string | undefined;
      readonly bot: boolean;
    }
  | { readonly kind: 'deleted'; readonly ts: string; readonly root: string | undefined }
  | { readonly kind: 'nothing'; readonly why: string };

export type TellingEvent = {
  readonly channel: string;
  readonly direct: boolean;
  readonly told: Told;
};

/**
 * Subtypes by which something is said. All others are the platform talking about itself: somebody joined, a
 * topic changed, the assistant pane was opened. New ones are left alone until somebody decided about them.
 */
const saying = new Set(['bot_message', 'file_share', 'me_message', 'thread_broadcast']);

/** Reads an event; undefined for one that does not have the form of a message. */
export function readMessageEvent(
  event: unknown,
  own: { readonly botUser: string; readonly botId: string },
): TellingEvent | undefined {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) return undefined;
  const { channel, channel_type } = parsed.data;
  const direct = channel_type === 'im' || channel.startsWith('D');
  return { channel, direct, told: told(parsed.data, own) };
}

function told(
  event: z.infer<typeof eventSchema>,
  own: { readonly botUser: string; readonly botId: string },
): Told {
  const isOwn = ({ user, bot_id }: SlackMessage) => user === own.botUser || bot_id === own.botId;
  const { subtype, message, previous_message: previous } = event;
  if (subtype === 'message_deleted') {
    const ts = event.deleted_ts ?? previous?.ts;
    if (ts === undefined || (previous && isOwn(previous))) return nothing('own message deleted');
    return { kind: 'deleted', ts, root: previous?.thread_ts };
  }
  if (subtype === 'message_changed') {
    if (message === undefined || isOwn(message)) return nothing('own message changed');
    // A first message with replies is not deleted but emptied.
    if (message.subtype === 'tombstone') {
      return { kind: 'deleted', ts: message.ts, root: message.thread_ts };
    }
    const before = previous?.text;
    // Unfurled links and new replies change a message, too, but not what it says.
    if (before === message.text) return nothing('text unchanged');
    const by = sayer(message);
    return by === undefined
      ? nothing('nobody said it')
      : { kind: 'edited', message: { ...message, user: by }, before, bot: isBot(message) };
  }
  if (subtype !== undefined && !saying.has(subtype)) return nothing(subtype);
  if (event.hidden === true) return nothing('hidden');
  if (isOwn(event)) return nothing('own message');
  const by = sayer(event);
  if (by === undefined) return nothing('nobody said it');
  return { kind: 'said', message: { ...event, user: by }, bot: isBot(event) };
}

const nothing = (why: string): Told => ({ kind: 'nothing', why });

/** Apps of the old kind have no user: their bot id stands for them. */
const sayer = ({ user, bot_id }: SlackMessage): string | undefined => user ?? bot_id;

const isBot = ({ bot_id, subtype }: SlackMessage): boolean =>
  bot_id !== undefined || subtype === 'bot_message';
