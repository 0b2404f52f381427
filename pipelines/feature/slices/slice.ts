import { z } from 'zod';
import { sha256 } from '../../stores/identity.ts';
import type { Change, Difference } from '../plan.ts';

/** Some documents of one author that are brought up to date together, by whoever takes them. */
export const sliceSchema = z.object({
  set: z.string().min(1),
  documents: z.array(
    z.tuple([z.string().min(1), z.enum(['put', 'remove', 'forget']), z.number().int()]),
  ),
});
export type Slice = z.infer<typeof sliceSchema>;

/**
 * The name of its job: the same documents at the same revisions make the same slice, so that planning twice makes no
 * second job while the first is open.
 */
export function sliceKey({ set, documents }: Slice): string {
  return `documents:${set}:${sha256(JSON.stringify(documents)).slice(0, 20)}`;
}

export function sliceOf(set: string, changes: readonly (Difference & Change)[]): Slice {
  return { set, documents: changes.map(({ id, action, revision }) => [id, action, revision]) };
}

export function changesOf({ documents }: Slice): readonly Change[] {
  return documents.map(([id, action]) => ({ id, action }));
}
