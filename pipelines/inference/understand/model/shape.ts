import { z } from 'zod';
import type { ModelUnderstanding } from '../../retrieve/settings.ts';

const claimedFields = [
  'author',
  'source',
  'platform',
  'kind',
  'language',
  'since',
  'until',
] as const;

/** A restriction that the model read in the question, not yet held against the vocabulary. */
const claim = z.object({ field: z.enum(claimedFields), value: z.string() });
export type Claim = z.infer<typeof claim>;

export type Reply = {
  readonly standalone?: string;
  readonly filters?: readonly Claim[];
  readonly steps?: readonly string[];
  readonly rewordings?: readonly string[];
};

/** The fields of a reply, with the most entries that each may have. */
export type Wanted = { readonly [Field in keyof Reply]-?: number };

const mostFilters = 6;

export function wantedOf(settings: ModelUnderstanding, inThread: boolean): Wanted {
  return {
    standalone: settings.rewrite && inThread ? 1 : 0,
    filters: settings.selfQuery ? mostFilters : 0,
    steps: settings.steps >= 2 ? settings.steps : 0,
    rewordings: settings.rewordings,
  };
}

/**
 * What a reply has to look like. The schema depends on the settings alone, never on the question or the vocabulary: engines
 * compile a schema into a grammar once and keep it, and one with sixty names in it would be compiled for every question.
 *
 * Engines that only ask for JSON get small liberties: a field that is missing or of another type is empty, and what
 * is too much is left out. Only a reply that is no object at all is refused.
 */
export function replyShape(wanted: Wanted): z.ZodType<Reply> {
  const fields = {
    standalone: z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string()),
    filters: listOf(claim, wanted.filters),
    steps: listOf(z.string(), wanted.steps),
    rewordings: listOf(z.string(), wanted.rewordings),
  };
  const kept = Object.entries(fields).filter(([field]) => wanted[field as keyof Reply] > 0);
  return z.object(Object.fromEntries(kept));
}

function listOf<T>(item: z.ZodType<T>, most: number) {
  const usable = (value: unknown) =>
    Array.isArray(value) ? value.filter((each) => item.safeParse(each).success).slice(0, most) : [];
  return z.preprocess(usable, z.array(item).max(most));
}
