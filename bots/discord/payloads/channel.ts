import { z } from 'zod';

/** A channel or thread, whole or as far as an interaction tells. */
export const channelSchema = z.object({
  id: z.string(),
  type: z.number(),
  guild_id: z.string().optional(),
  parent_id: z.string().nullish(),
  owner_id: z.string().optional(),
  name: z.string().nullish(),
  /** Of a thread: present when the bot has joined it. */
  member: z.unknown().optional(),
});

export type RawChannel = z.infer<typeof channelSchema>;

const threads: ReadonlySet<number> = new Set([10, 11, 12]);
const directs: ReadonlySet<number> = new Set([1, 3]);

export const isThread = ({ type }: { readonly type: number }): boolean => threads.has(type);
export const isDirect = ({ type }: { readonly type: number }): boolean => directs.has(type);
