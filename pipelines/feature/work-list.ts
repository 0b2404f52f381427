import type { FeatureRecipe } from './features.ts';
import { headersMissing } from './headers/plan.ts';
import { type Change, compare, type Difference, isChange, type Stores } from './plan.ts';

export type Looking = {
  /** Every document is made anew. */
  readonly everything?: boolean;
  /** Also documents whose headers were not all written. */
  readonly unheaded?: boolean;
  /** Documents that are left alone here: somebody else is at them, or they failed just now. */
  readonly except?: (id: string) => boolean;
  readonly signal?: AbortSignal | undefined;
};

/** What is to be done for the set of the recipe, in id order, and what is to be kept. */
export async function* workList(
  stores: Stores,
  { set, headers }: Pick<FeatureRecipe, 'set' | 'headers'>,
  { everything = false, unheaded = false, except = () => false, signal }: Looking = {},
): AsyncGenerator<Difference> {
  const incomplete = new Set(unheaded && headers ? await headersMissing(headers) : []);
  for await (const difference of compare(stores, set, { everything, signal })) {
    const { id } = difference;
    const wanted = incomplete.delete(id) && difference.action === 'keep';
    if (except(id)) yield { ...difference, action: 'keep' };
    else yield wanted ? { ...difference, action: 'put' } : difference;
  }
  // Noted, but in neither store: their notes go as well.
  for (const id of incomplete) if (!except(id)) yield { id, action: 'put', revision: 0 };
}

export type Look = {
  readonly put: number;
  readonly remove: number;
  readonly unchanged: number;
  /** What is to be done; walks the stores again where that is more than is kept. */
  readonly changes: () => Iterable<Change> | AsyncIterable<Change>;
};

/** Changes that one look keeps in memory; more are looked for again when they are made. */
const mostKept = 1_000;

/** Looks through a work list before anything is done. */
export async function look(
  list: () => AsyncIterable<Difference>,
  most: number = mostKept,
): Promise<Look> {
  const kept: Change[] = [];
  const count = { put: 0, remove: 0, unchanged: 0 };
  for await (const difference of list()) {
    if (!isChange(difference)) {
      count.unchanged++;
      continue;
    }
    count[difference.action === 'put' ? 'put' : 'remove']++;
    if (kept.length < most) kept.push({ id: difference.id, action: difference.action });
  }
  const all = count.put + count.remove <= most;
  return { ...count, changes: () => (all ? kept : onlyChanges(list())) };
}

export async function* onlyChanges(
  list: AsyncIterable<Difference>,
): AsyncGenerator<Difference & Change> {
  for await (const difference of list) if (isChange(difference)) yield difference;
}
