import { z } from 'zod';
import { sha256 } from '../../stores/identity.ts';
import { compare, type Stores } from '../plan.ts';
import type { Slice } from './slice.ts';

/** What a round of slices was to do, small enough to travel with its job. */
export const roundSchema = z.object({
  set: z.string().min(1),
  /** Some of its documents with their revisions, evenly out of all. */
  sample: z.array(z.tuple([z.string(), z.number().int()])),
});
export type Round = z.infer<typeof roundSchema>;

/** Documents by which it is told whether a round came to anything: one that did a twentieth is missed once in 170. */
const sampleSize = 100;

export function roundOf(set: string, slices: readonly Slice[]): Round {
  const documents = slices.flatMap((slice) => slice.documents);
  const step = Math.max(1, Math.ceil(documents.length / sampleSize));
  const sample = documents.filter((_, index) => index % step === 0);
  return { set, sample: sample.map(([id, , revision]) => [id, revision]) };
}

/** The name of its job: another for other documents, so that the next round can stand in line while this one ends. */
export function roundKey({ set, sample }: Round): string {
  return `round:${set}:${sha256(JSON.stringify(sample)).slice(0, 20)}`;
}

/** How many documents the set is behind, and whether that is every one that the round was to do. */
export async function leftOf(
  { set, sample }: Round,
  stores: Stores,
  signal: AbortSignal,
): Promise<{ readonly documents: number; readonly stuck: boolean }> {
  if (!(await stores.features.sets()).some(({ id }) => id === set)) {
    return { documents: 0, stuck: false };
  }
  const sampled = new Map(sample);
  let documents = 0;
  let undone = 0;
  for await (const { id, action, revision } of compare(stores, set, { signal })) {
    if (action === 'keep') continue;
    documents++;
    if (sampled.get(id) === revision) undone++;
  }
  return { documents, stuck: undone > 0 && undone === sampled.size };
}
