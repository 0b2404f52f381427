import { planChanges, type Stores } from './plan.ts';

/** How many documents of the warehouse are not in the set as they are now, gone ones included. */
export async function countBehind(stores: Stores, set: string): Promise<number> {
  return (await planChanges(stores, set)).changes.length;
}
