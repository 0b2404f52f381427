import type { FeatureStore } from '../stores/features/port.ts';
import type { Warehouse } from '../stores/warehouse/port.ts';

export type Stores = { readonly warehouse: Warehouse; readonly features: FeatureStore };

/** One thing to do: `forget` when the warehouse holds no trace of the document any more. */
export type Change = { readonly id: string; readonly action: 'put' | 'remove' | 'forget' };

export type Plan = { readonly changes: readonly Change[]; readonly unchanged: number };

/**
 * The work list: the difference between the warehouse's revisions and the set's, found by walking both
 * in id order. Nothing else says what is to be done, so nothing can be lost or done twice.
 */
export async function planChanges(
  { warehouse, features }: Stores,
  set: string,
  options: { readonly everything?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Plan> {
  const changes: Change[] = [];
  let unchanged = 0;
  const stored = features.revisions(set)[Symbol.asyncIterator]();
  let mark = await stored.next();
  try {
    for await (const head of warehouse.heads()) {
      options.signal?.throwIfAborted();
      while (!mark.done && mark.value.documentId < head.id) {
        changes.push({ id: mark.value.documentId, action: 'forget' });
        mark = await stored.next();
      }
      const known = !mark.done && mark.value.documentId === head.id ? mark.value : undefined;
      if (head.state === 'tombstone') {
        if (known) changes.push({ id: head.id, action: 'remove' });
      } else if (options.everything || !known || known.revision < head.revision) {
        changes.push({ id: head.id, action: 'put' });
      } else {
        unchanged++;
      }
      if (known) mark = await stored.next();
    }
    while (!mark.done) {
      changes.push({ id: mark.value.documentId, action: 'forget' });
      mark = await stored.next();
    }
  } finally {
    await stored.return?.();
  }
  return { changes, unchanged };
}
