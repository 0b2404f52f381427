import { countChanges, type Stores } from './plan.ts';

/** How many documents of the warehouse are not in the set as they are now, gone ones included. */
export async function countBehind(stores: Stores, set: string): Promise<number> {
  const { put, remove } = await countChanges(stores, set);
  return put + remove;
}
