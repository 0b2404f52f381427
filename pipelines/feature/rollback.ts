import { bringUpToDate, type Makers, type Pace, recipeFor } from './bring-up-to-date.ts';
import type { FeatureEvent } from './events.ts';
import { compare, type Stores } from './plan.ts';
import { Tally } from './tally.ts';

/**
 * Goes back to the set that was current before, brought up to date first where this code and embedder
 * can write it; where they cannot, a `behind` event says how far it is behind. What is gone from the
 * warehouse is taken out of it in either case. Later runs keep to it until `rebuild`.
 */
export async function* rollback(
  pipeline: Stores & Makers,
  { batch = 32, atOnce = 1, signal }: Partial<Pace> & { readonly signal?: AbortSignal } = {},
): AsyncGenerator<FeatureEvent> {
  const tally = new Tally();
  const { features } = pipeline;
  const current = await features.current();
  const previous = await features.previous();
  if (!current || !previous || previous.id === current.id) {
    const reason = {
      code: 'features.no-previous',
      message: 'There is no former feature set to go back to.',
      hint: 'The former set is kept once a second one has been built and switched to.',
    };
    yield { type: 'refused', set: '', current: current?.id ?? null, reason };
    yield tally.summary(current?.id ?? '');
    return;
  }
  const recipe = recipeFor(previous, pipeline, { batch, atOnce });
  if (recipe) {
    yield* bringUpToDate(pipeline, recipe, { tally, signal });
  } else {
    yield* removeGone(pipeline, previous.id, tally, signal);
  }
  await features.switchTo(previous.id, current.id);
  yield { type: 'switched', set: previous.id, from: current.id };
  yield tally.summary(previous.id);
}

/** What was deleted must not come back with an old set, even one that cannot be written any more. */
async function* removeGone(
  stores: Stores,
  set: string,
  tally: Tally,
  signal?: AbortSignal,
): AsyncGenerator<FeatureEvent> {
  const gone: string[] = [];
  let behind = 0;
  let unchanged = 0;
  for await (const { id, action } of compare(stores, set, { signal })) {
    if (action === 'keep') unchanged++;
    else if (action === 'put') behind++;
    else gone.push(id);
  }
  yield { type: 'plan', set, building: false, put: 0, remove: gone.length, unchanged };
  for (const id of gone) {
    signal?.throwIfAborted();
    // Only what is gone: a document that came back meanwhile is merely behind.
    if ((await stores.warehouse.get(id)) !== undefined) continue;
    const startedAt = performance.now();
    await stores.features.removeDocument(set, id);
    const event = {
      type: 'document',
      documentId: id,
      outcome: 'removed',
      title: null,
      chunks: 0,
      durationMs: performance.now() - startedAt,
      plainRegions: 0,
    } as const;
    tally.add(event);
    yield event;
  }
  if (behind > 0) yield { type: 'behind', set, documents: behind };
}
