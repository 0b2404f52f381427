import { z } from 'zod';

/** What the people of a channel may choose for it. */
export const channelSettingsSchema = z.object({
  /** Answer in a thread under the question, or in the channel itself. */
  answerIn: z.enum(['thread', 'channel']).default('thread'),
  /** Answer in threads the twin is part of without being mentioned again. */
  followUps: z.boolean().default(true),
  /** Names of the sources that may be used here; null: all. */
  sources: z.array(z.string()).nullable().default(null),
  /** Answers commands only; who mentions it is told so, and everything else is left alone. */
  quiet: z.boolean().default(false),
  bots: z.enum(['ignore', 'answer']).default('ignore'),
  /** How many answers in a row other bots get in a thread before a person must speak. */
  botTurns: z.number().int().min(1).max(20).default(3),
});

export type ChannelSettings = z.infer<typeof channelSettingsSchema>;

export const defaultSettings: ChannelSettings = channelSettingsSchema.parse({});
