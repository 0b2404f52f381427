import { z } from 'zod';

export const userSchema = z.object({
  id: z.string(),
  username: z.string().default(''),
  global_name: z.string().nullish(),
  bot: z.boolean().default(false),
});

/** The parts of a component that we read: what it says, and what is inside. */
export type RawComponent = {
  readonly type: number;
  readonly id?: number | undefined;
  readonly content?: string | undefined;
  readonly components?: readonly RawComponent[] | undefined;
};

export const componentSchema: z.ZodType<RawComponent> = z.lazy(() =>
  z.object({
    type: z.number(),
    id: z.number().optional(),
    content: z.string().optional(),
    components: z.array(componentSchema).optional(),
  }),
);

export const memberSchema = z.object({
  roles: z.array(z.string()).default([]),
  nick: z.string().nullish(),
});

export type RawMember = z.infer<typeof memberSchema>;

const fields = {
  id: z.string(),
  channel_id: z.string(),
  guild_id: z.string().optional(),
  author: userSchema,
  member: memberSchema.optional(),
  content: z.string().default(''),
  type: z.number().default(0),
  flags: z.number().default(0),
  timestamp: z.string().default(''),
  edited_timestamp: z.string().nullish(),
  webhook_id: z.string().optional(),
  mentions: z.array(userSchema.extend({ member: memberSchema.optional() })).default([]),
  mention_roles: z.array(z.string()).default([]),
  mention_everyone: z.boolean().default(false),
  attachments: z.array(z.object({ id: z.string() })).default([]),
  components: z.array(componentSchema).default([]),
  message_reference: z
    .object({
      type: z.number().default(0),
      message_id: z.string().optional(),
      channel_id: z.string().optional(),
    })
    .optional(),
  interaction_metadata: z.object({ id: z.string() }).optional(),
};

/** A message as the gateway and REST have it; only what we read. */
export const messageSchema = z.object({
  ...fields,
  referenced_message: z.object(fields).nullish(),
});

export type RawMessage = z.infer<typeof messageSchema>;
/** A message as it stands inside another: one level deep. */
export type QuotedMessage = Omit<RawMessage, 'referenced_message'>;

export const deletedSchema = z.object({
  id: z.string(),
  channel_id: z.string(),
  guild_id: z.string().optional(),
});

export const deletedInBulkSchema = z.object({
  ids: z.array(z.string()),
  channel_id: z.string(),
  guild_id: z.string().optional(),
});

/** What a person wrote; everything else (joins, pins, thread notices) is Discord talking. */
export const saidTypes: ReadonlySet<number> = new Set([0, 19]);
/** The first message of a thread, which shows the message it hangs under. */
export const threadStarter = 21;
/** The message is a deferred answer that says "thinking". */
export const loadingFlag = 1 << 7;
