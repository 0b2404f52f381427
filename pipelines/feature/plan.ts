import type { FeatureStore } from '../stores/features/port.ts';
import type { Warehouse } from '../stores/warehouse/port.ts';

export type Stores = { readonly warehouse: Warehouse; readonly features: FeatureStore };

/** One thing to do: `forget` when the warehouse holds no trace of the document any more. */
export type Change = { readonly id: string; readonly action: 'put' | 'remove' | 'forget' };

/** A document of either store, and what is to be done about it at this revision. */
export type Difference = {
  readonly id: string;
  readonly action: Change['action'] | 'keep';
  /** The warehouse's; where it has none, the set's. */
  readonly revision: number;
};

export type CompareOptions = {
  /** Every live document is put, behind or not. */
  readonly everything?: boolean;
  readonly signal?: AbortSignal | undefined;
};

/**
 * The work list: the difference between the warehouse's revisions and the set's, found by walking both
 * in id order. Nothing else says what is to be done, so nothing can be lost or done twice. Streamed: as
 * large as both are, it takes no memory.
 */
export async function* compare(
  { warehouse, features }: Stores,
  set: string,
  { everything = false, signal }: CompareOptions = {},
): AsyncGenerator<Difference> {
  const stored = features.revisions(set)[Symbol.asyncIterator]();
  let mark = await stored.next();
  try {
    for await (const { id, revision, state } of warehouse.heads()) {
      signal?.throwIfAborted();
      while (!mark.done && mark.value.documentId < id) {
        yield { id: mark.value.documentId, action: 'forget', revision: mark.value.revision };
        mark = await stored.next();
      }
      const known = !mark.done && mark.value.documentId === id ? mark.value : undefined;
      if (state === 'tombstone') {
        if (known) yield { id, action: 'remove', revision };
      } else {
        const behind = everything || !known || known.revision < revision;
        yield { id, action: behind ? 'put' : 'keep', revision };
      }
      if (known) mark = await stored.next();
    }
    while (!mark.done) {
      yield { id: mark.value.documentId, action: 'forget', revision: mark.value.revision };
      mark = await stored.next();
    }
  } finally {
    await stored.return?.();
  }
}

export function isChange(difference: Difference): difference is Difference & Change {
  return difference.action !== 'keep';
}

/** How many documents are to be put, and to be taken out. */
export async function countChanges(
  stores: Stores,
  set: string,
  options: CompareOptions = {},
): Promise<{ readonly put: number; readonly remove: number }> {
  const count = { put: 0, remove: 0 };
  for await (const { action } of compare(stores, set, options)) {
    if (action !== 'keep') count[action === 'put' ? 'put' : 'remove']++;
  }
  return count;
}
