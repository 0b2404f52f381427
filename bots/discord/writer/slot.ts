import { z } from 'zod';
import type { Json } from '../../state/port.ts';

/** Writes where an interaction happened, for a quarter of an hour. */
export const handleSchema = z.object({
  application: z.string(),
  token: z.string(),
  /** When Discord stops taking it, ms since the epoch. */
  untilMs: z.number(),
});

export type Handle = z.infer<typeof handleSchema>;

/** A message of ours that shows a part of an answer, and the ways in which it can be changed. */
export const slotSchema = z.object({
  channel: z.string(),
  /** Null for a deferred answer whose message nobody has told us of yet. */
  message: z.string().nullable(),
  through: handleSchema.nullable(),
  /** The handle's own answer, `@original`, rather than one that followed it. */
  original: z.boolean(),
  /** Seen by the asker alone: only the handle can change it. */
  ephemeral: z.boolean(),
});

export type Slot = z.infer<typeof slotSchema>;

const standingSchema = z.object({ slots: z.array(slotSchema), posted: z.number() });

/** What stands of an answer. */
export type Standing = {
  readonly slots: readonly Slot[];
  /** How many messages were posted for it so far, those that are gone again included. */
  readonly posted: number;
};

export const writeStanding = ({ slots, posted }: Standing): Json => ({
  slots: slots.map((slot) => ({ ...slot })),
  posted,
});

/** Nothing, where nothing was told or what was told is of another version. */
export const readStanding = (where: Json | null): Standing =>
  standingSchema.safeParse(where).data ?? { slots: [], posted: 0 };

/** Where further messages of an answer go, in the order in which it is tried. */
export type Home = {
  /** Where the bot writes by its own token; null where it cannot. */
  readonly channel: string | null;
  /** The message that the first one answers. */
  readonly replyTo: string | null;
  /** Where it may write when it may not there. */
  readonly instead: { readonly channel: string; readonly replyTo: string } | null;
  readonly through: Handle | null;
  readonly ephemeral: boolean;
};
