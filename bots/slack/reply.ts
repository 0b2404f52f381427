import { z } from 'zod';
import type { Json } from '../state/port.ts';

/** Where an answer goes, as it is kept with a turn; another process can find the place by it. */
export const replySchema = z.object({
  team: z.string(),
  enterprise: z.string().nullable(),
  channel: z.string(),
  kind: z.enum(['channel', 'direct']),
  /** The first message of the thread to answer in; null for the channel itself. */
  root: z.string().nullable(),
  /** The message that asks; null for commands. */
  question: z.string().nullable(),
  /** Who asked. */
  user: z.string(),
  /** The workspace that person is of, which in a shared channel may be another one. */
  userTeam: z.string(),
  /**
   * For answers that only the asker sees: where Slack takes them, for half an hour and five times; and whether
   * there is one already that they take the place of.
   */
  onlyAsker: z.object({ url: z.string(), replaces: z.boolean() }).nullable(),
  /** What a summary is of, where it is not the thread: the channel's latest messages. */
  reads: z.enum(['thread', 'channel', 'nothing']),
});

export type Reply = z.infer<typeof replySchema>;

export const readReply = (reply: Json): Reply => replySchema.parse(reply);

/** Where an answer stands. */
export const standingSchema = z.object({ messages: z.array(z.string()), onlyAsker: z.boolean() });
export type Standing = z.infer<typeof standingSchema>;

export const readStanding = (where: Json): Standing =>
  standingSchema.catch({ messages: [], onlyAsker: false }).parse(where);
