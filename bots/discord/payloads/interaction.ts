import { z } from 'zod';
import { channelSchema } from './channel.ts';
import { messageSchema, userSchema } from './message.ts';

const base = {
  id: z.string(),
  application_id: z.string(),
  token: z.string(),
  guild_id: z.string().optional(),
  channel: channelSchema.optional(),
  channel_id: z.string().optional(),
  member: z
    .object({
      user: userSchema,
      roles: z.array(z.string()).default([]),
      nick: z.string().nullish(),
      permissions: z.string().optional(),
    })
    .optional(),
  user: userSchema.optional(),
  locale: z.string().optional(),
  guild_locale: z.string().optional(),
  /** 0 in a server, 1 in direct messages with the bot, 2 among people who brought it along. */
  context: z.number().nullish(),
  authorizing_integration_owners: z.record(z.string(), z.string()).default({}),
  app_permissions: z.string().optional(),
};

const optionSchema = z.object({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  focused: z.boolean().default(false),
});

const commandDataSchema = z.object({
  name: z.string(),
  /** 1 typed with a slash, 3 chosen in a message's menu. */
  type: z.number().default(1),
  options: z.array(optionSchema).default([]),
  target_id: z.string().optional(),
  resolved: z.object({ messages: z.record(z.string(), messageSchema).default({}) }).optional(),
});

const inputSchema = z.object({
  custom_id: z.string(),
  value: z.string().optional(),
  values: z.array(z.string()).optional(),
});

/** Each input of a form stands in a label. */
const labelSchema = z.object({ component: inputSchema.optional() });

export const interactionSchema = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal(2), data: commandDataSchema }),
  z.object({
    ...base,
    type: z.literal(3),
    data: z.object({ custom_id: z.string(), values: z.array(z.string()).default([]) }),
    message: messageSchema,
  }),
  z.object({ ...base, type: z.literal(4), data: commandDataSchema }),
  z.object({
    ...base,
    type: z.literal(5),
    data: z.object({ custom_id: z.string(), components: z.array(labelSchema).default([]) }),
  }),
]);

export type Interaction = z.infer<typeof interactionSchema>;
export type CommandInteraction = Extract<Interaction, { type: 2 }>;
export type PressInteraction = Extract<Interaction, { type: 3 }>;
export type AutocompleteInteraction = Extract<Interaction, { type: 4 }>;
export type FormInteraction = Extract<Interaction, { type: 5 }>;
