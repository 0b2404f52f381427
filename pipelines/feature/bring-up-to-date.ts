import type { Embedder } from '../serving/embed/port.ts';
import { featureSetId } from '../stores/features/manifest.ts';
import type { FeatureSet } from '../stores/features/port.ts';
import { applyChanges } from './apply.ts';
import type { FeatureEvent } from './events.ts';
import type { FeatureRecipe } from './features.ts';
import { planChanges, type Stores } from './plan.ts';
import { chunkPolicy, featureManifest } from './policy.ts';
import type { Tally } from './tally.ts';

/** Rounds after which a corpus that changes all the while is left to the next run. */
const mostRounds = 3;

export type Round = {
  readonly tally: Tally;
  readonly signal: AbortSignal | undefined;
  readonly everything?: boolean;
  readonly building?: boolean;
};

/**
 * Rounds of planning and applying until nothing is left: what changed, came or was forgotten meanwhile
 * is seen in the next round. Documents that failed are not tried twice.
 */
export async function* bringUpToDate(
  stores: Stores,
  recipe: FeatureRecipe,
  { tally, signal, everything = false, building = false }: Round,
): AsyncGenerator<FeatureEvent> {
  for (let round = 1; round <= mostRounds; round++) {
    const plan = await planChanges(stores, recipe.set, {
      everything: everything && round === 1,
      ...(signal && { signal }),
    });
    const changes = plan.changes.filter(({ id }) => !tally.failed.has(id));
    if (round === 1) {
      const put = changes.filter(({ action }) => action === 'put').length;
      const remove = changes.length - put;
      yield { type: 'plan', set: recipe.set, building, put, remove, unchanged: plan.unchanged };
    }
    if (changes.length === 0) return;
    for await (const event of applyChanges(stores, recipe, changes, signal)) {
      tally.add(event);
      yield event;
    }
  }
}

/** How an existing set is written, when this code and this embedder can write it at all. */
export function recipeFor(
  { id, manifest }: FeatureSet,
  embedder: Embedder | null,
  batch: number,
): FeatureRecipe | undefined {
  const own = featureManifest(embedder?.identity ?? null, manifest.chunking);
  const sameCode = own.chunking.version === chunkPolicy.version;
  if (!sameCode || featureSetId(own) !== id) return undefined;
  return { set: id, policy: manifest.chunking, embedder, batch };
}
