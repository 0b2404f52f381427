import { type ChunkPolicy, featureSetId } from '../stores/features/manifest.ts';
import type { FeatureSet } from '../stores/features/port.ts';
import { type Makers, manifestOf, type Pace, recipeFor, recipeOf } from './bring-up-to-date.ts';
import type { FeatureEvent } from './events.ts';
import type { FeatureRecipe } from './features.ts';
import type { Stores } from './plan.ts';

/** Which set is to be brought up to date, and how. */
export type Target = {
  readonly recipe: FeatureRecipe;
  /** It is built beside the one that answers. */
  readonly building: boolean;
  readonly current: FeatureSet | undefined;
  /** Why it is not the set that this code and these makers would build; null where it is. */
  readonly held: FeatureEvent | null;
};

/**
 * The set that these makers fill by this policy; it is created where there is none. Where somebody went back from it on
 * purpose, the set that answers, until a rebuild.
 */
export async function targetOf(
  pipeline: Stores & Makers,
  { rebuild, policy, pace }: { rebuild: boolean; policy: ChunkPolicy; pace: Pace },
): Promise<Target> {
  const { features } = pipeline;
  const manifest = manifestOf(policy, pipeline);
  const current = await features.current();
  const wanted = featureSetId(manifest);
  if (current && current.id !== wanted && !rebuild && (await wasRolledBack(pipeline, wanted))) {
    const own = recipeFor(current, pipeline, pace);
    if (own) return { recipe: own, building: false, current, held: held(current.id, wanted) };
  }
  const set = await features.createSet(manifest);
  const recipe = recipeOf(set.id, policy, pipeline, pace);
  return { recipe, building: current?.id !== set.id, current, held: null };
}

/** Retired but wanted: it was current once, and somebody went back from it on purpose. */
async function wasRolledBack({ features }: Stores, wanted: string): Promise<boolean> {
  return (await features.sets()).some(({ id, state }) => id === wanted && state === 'retired');
}

function held(set: string, wanted: string): FeatureEvent {
  const message = `The twin was rolled back to ${set}; ${wanted}, which this version would build, waits.`;
  const hint = 'Run `understudy features --rebuild` to go forward again.';
  return { type: 'held', set, wanted, reason: { code: 'features.rolled-back', message, hint } };
}
