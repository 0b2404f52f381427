import { z } from 'zod';
import type { Json } from '../state/port.ts';
import { handleSchema } from './writer/slot.ts';

const messageReplySchema = z.object({
  via: z.literal('message'),
  /** Where the question stands. */
  channel: z.string(),
  message: z.string(),
  /** Answer in a thread that is opened under the question. */
  opens: z.boolean(),
  /** The question's channel is a thread, which can be resolved. */
  inThread: z.boolean(),
  /** Earlier message that the question replies to, for its context. */
  repliesTo: z.string().nullable(),
  files: z.boolean(),
  /** There was something to read, but Discord did not show it to us. */
  unreadable: z.boolean(),
});

const interactionReplySchema = z.object({
  via: z.literal('interaction'),
  interaction: z.string(),
  channel: z.string(),
  handle: handleSchema,
  /** A command has an answer of its own; a press stands for the message that its button is on. */
  of: z.enum(['command', 'press']),
  /** The deferred answer's message, or the one that was pressed; null while unknown. */
  message: z.string().nullable(),
  ephemeral: z.boolean(),
  /** The bot can write there by its own token. */
  canPost: z.boolean(),
  inThread: z.boolean(),
  /** Show the question above the answer. */
  quote: z.boolean(),
  /** False when the interaction could not be answered in time: its token is of no use. */
  acknowledged: z.boolean(),
});

const replySchema = z.discriminatedUnion('via', [messageReplySchema, interactionReplySchema]);

export type MessageReply = z.infer<typeof messageReplySchema>;
export type InteractionReply = z.infer<typeof interactionReplySchema>;
export type Reply = z.infer<typeof replySchema>;

export const readReply = (stored: Json): Reply => replySchema.parse(stored);
