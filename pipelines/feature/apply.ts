import { setImmediate } from 'node:timers/promises';
import { TransientError } from '../stores/errors.ts';
import { clean } from './clean/clean.ts';
import { type DocumentEvent, reasonOf } from './events.ts';
import { type FeatureRecipe, makeFeatures } from './features.ts';
import { inOrder } from './in-order.ts';
import type { Change, Stores } from './plan.ts';

/** Longest stretch of work between two chances for others on the event loop, in milliseconds. */
const sliceMs = 10;

/**
 * Carries changes out, a document and a transaction each, and tells about them in order. A document that
 * fails is told with its reason and does not stop the rest. Safe to stop anywhere and to run twice.
 */
export async function* applyChanges(
  stores: Stores,
  recipe: FeatureRecipe,
  changes: Iterable<Change> | AsyncIterable<Change>,
  signal?: AbortSignal,
): AsyncGenerator<DocumentEvent> {
  let sliceStart = performance.now();
  const apply = async (change: Change, abort: AbortSignal): Promise<DocumentEvent> => {
    const startedAt = performance.now();
    if (startedAt - sliceStart > sliceMs) {
      await setImmediate();
      sliceStart = performance.now();
    }
    const event = await applyChange(stores, recipe, change, abort);
    return { ...event, durationMs: performance.now() - startedAt };
  };
  yield* inOrder(changes, recipe.atOnce, apply, signal);
}

async function applyChange(
  { warehouse, features }: Stores,
  recipe: FeatureRecipe,
  { id, action }: Change,
  signal: AbortSignal,
): Promise<Omit<DocumentEvent, 'durationMs'>> {
  const about = { type: 'document', documentId: id, chunks: 0, plainRegions: 0 } as const;
  let title: string | null = null;
  try {
    // Asked again even for a removal: the document may have come since the plan was made.
    const document = await warehouse.get(id);
    if (!document) {
      if (action === 'forget') await features.forget([id]);
      else await features.removeDocument(recipe.set, id);
      if (action === 'forget') await recipe.headers?.store.forget([id]);
      else await recipe.headers?.store.remove(id);
      return { ...about, title, outcome: 'removed' };
    }
    title = document.title;
    const made = await makeFeatures(document, recipe, signal);
    const chunks = made.features.chunks.length;
    if (chunks === 0 && clean(document.content) !== '') {
      throw new Error('No passage came of a document that has text.');
    }
    await features.putDocument(recipe.set, made.features);
    const { plainRegions, headers } = made;
    return {
      ...about,
      title,
      outcome: 'put',
      chunks,
      plainRegions,
      ...(headers && { headers }),
    };
  } catch (error) {
    signal.throwIfAborted();
    const passing = error instanceof TransientError && { passing: true };
    return { ...about, title, outcome: 'failed', reason: reasonOf(error), ...passing };
  }
}
