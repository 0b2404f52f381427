import { setImmediate } from 'node:timers/promises';
import { clean } from './clean/clean.ts';
import { type DocumentEvent, reasonOf } from './events.ts';
import { type FeatureRecipe, makeFeatures } from './features.ts';
import type { Change, Stores } from './plan.ts';

/** Longest stretch of work between two chances for others on the event loop, in milliseconds. */
const sliceMs = 10;

/**
 * Carries changes out, one document and one transaction at a time, and tells about each. A document that
 * fails is told with its reason and does not stop the rest. Safe to stop anywhere and to run twice.
 */
export async function* applyChanges(
  stores: Stores,
  recipe: FeatureRecipe,
  changes: readonly Change[],
  signal?: AbortSignal,
): AsyncGenerator<DocumentEvent> {
  let sliceStart = performance.now();
  for (const change of changes) {
    signal?.throwIfAborted();
    const startedAt = performance.now();
    if (startedAt - sliceStart > sliceMs) {
      await setImmediate();
      sliceStart = performance.now();
    }
    const event = await applyChange(stores, recipe, change, signal);
    yield { ...event, durationMs: performance.now() - startedAt };
  }
}

async function applyChange(
  { warehouse, features }: Stores,
  recipe: FeatureRecipe,
  { id, action }: Change,
  signal: AbortSignal | undefined,
): Promise<Omit<DocumentEvent, 'durationMs'>> {
  const about = { type: 'document', documentId: id, chunks: 0, plainRegions: 0 } as const;
  let title: string | null = null;
  try {
    // Asked again even for a removal: the document may have come since the plan was made.
    const document = await warehouse.get(id);
    if (!document) {
      if (action === 'forget') await features.forget([id]);
      else await features.removeDocument(recipe.set, id);
      return { ...about, title, outcome: 'removed' };
    }
    title = document.title;
    const made = await makeFeatures(document, recipe, signal);
    const chunks = made.features.chunks.length;
    if (chunks === 0 && clean(document.content) !== '') {
      throw new Error('No passage came of a document that has text.');
    }
    await features.putDocument(recipe.set, made.features);
    return { ...about, title, outcome: 'put', chunks, plainRegions: made.plainRegions };
  } catch (error) {
    signal?.throwIfAborted();
    return { ...about, title, outcome: 'failed', reason: reasonOf(error) };
  }
}
