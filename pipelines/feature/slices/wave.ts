import type { FeatureRecipe } from '../features.ts';
import { inOrder } from '../in-order.ts';
import type { Change, Difference, Stores } from '../plan.ts';
import { type Looking, onlyChanges, workList } from '../work-list.ts';
import { type Slice, sliceOf } from './slice.ts';

export type WaveSize = {
  /** Documents in a slice, at most. */
  readonly documents: number;
  /** Slices that are planned at a time: what is left is the next wave, so that no plan grows with the corpus. */
  readonly slices: number;
};

export const usualWave: WaveSize = { documents: 64, slices: 400 };

/** A slice, and whose writing it is; empty where the warehouse does not know the author any more. */
export type Planned = { readonly author: string; readonly slice: Slice };

/** Documents that are read at the same time, to learn whose they are. */
const readAtOnce = 16;

/**
 * Cuts what is to be done into slices of one author each, until there is enough for one wave. In id order within
 * an author, so that planning again cuts the same.
 */
export async function planWave(
  stores: Stores,
  recipe: Pick<FeatureRecipe, 'set' | 'headers'>,
  looking: Looking,
  size: WaveSize = usualWave,
): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  const open = new Map<string, (Difference & Change)[]>();
  const close = (author: string) => {
    const changes = open.get(author);
    if (!changes) return;
    planned.push({ author, slice: sliceOf(recipe.set, changes) });
    open.delete(author);
  };
  const changes = onlyChanges(workList(stores, recipe, { ...looking, unheaded: true }));
  const owned = inOrder(changes, readAtOnce, withAuthor(stores), looking.signal);
  for await (const { author, change } of owned) {
    const slice = open.get(author) ?? [];
    open.set(author, slice);
    slice.push(change);
    if (slice.length >= size.documents) close(author);
    if (planned.length + open.size >= size.slices) break;
  }
  for (const author of [...open.keys()]) close(author);
  return planned;
}

const withAuthor =
  ({ warehouse }: Pick<Stores, 'warehouse'>) =>
  async (change: Difference & Change) => {
    const document = change.action === 'put' ? await warehouse.get(change.id) : undefined;
    return { change, author: document?.author.id ?? '' };
  };
