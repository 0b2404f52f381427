import { PermanentError } from '../stores/errors.ts';
import type { ChunkPolicy } from '../stores/features/manifest.ts';
import type { FeatureSet } from '../stores/features/port.ts';
import {
  bringUpToDate,
  type Makers,
  type Pace,
  type Round,
  recipeFor,
} from './bring-up-to-date.ts';
import { whyNotSwitch } from './checks.ts';
import type { FeatureEvent } from './events.ts';
import type { Stores } from './plan.ts';
import { chunkPolicy } from './policy.ts';
import { dropOldSets } from './retire.ts';
import { Tally } from './tally.ts';
import { targetOf } from './target.ts';

export type { FeatureEvent } from './events.ts';
export type { HeaderWriting } from './headers/writing.ts';
export { rollback } from './rollback.ts';

export type FeaturePipeline = Stores &
  Makers & {
    /** How much is made at the same time, where a call does not say. */
    readonly pace?: Partial<Pace>;
  };

/** For makers that are servers: their work is waited for, so much of it can go on at the same time. */
export const servedPace: Pace = { batch: 256, atOnce: 8 };

export type SyncOptions = {
  /** Makes every document's features anew, and takes up a set that was rolled back from. */
  readonly rebuild?: boolean;
  /** Another policy than the product's own: for experiments and tests. */
  readonly policy?: ChunkPolicy;
  /** Passages per call of the embedder; 32 where nobody says. */
  readonly batch?: number;
  /**
   * Documents that are made at the same time, 1 unless told otherwise: more where embedder or headers are a server's
   * work, which is waited for; not where it is done in this process.
   */
  readonly atOnce?: number;
  /** Documents that others are at: they are left alone, and while there are any a new set is not judged. */
  readonly elsewhere?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
};

export function paceOf({ pace }: Pick<FeaturePipeline, 'pace'>, own: Partial<Pace> = {}): Pace {
  return {
    batch: own.batch ?? pace?.batch ?? 32,
    atOnce: own.atOnce ?? pace?.atOnce ?? 1,
  };
}

/**
 * Brings the feature store up to the warehouse.
 *
 * Usually that is the documents that changed, in the set that answers. When the policy, the embedder or
 * who writes headers is another than that set was made by, a new set is built beside it and takes its place after checks;
 * if they fail, the old one stays and is kept up to date. Idempotent; may be killed at any moment and
 * run by several processes at once.
 *
 * @throws PermanentError or TransientError when a store as a whole fails; the signal's reason on abort.
 */
export async function* syncFeatures(
  pipeline: FeaturePipeline,
  options: SyncOptions = {},
): AsyncGenerator<FeatureEvent> {
  const { rebuild = false, policy = chunkPolicy, elsewhere, signal } = options;
  const tally = new Tally();
  const pace = paceOf(pipeline, options);
  const target = await targetOf(pipeline, { rebuild, policy, pace });
  const { recipe, building, current, held } = target;
  if (held) yield held;
  yield* bringUpToDate(pipeline, recipe, {
    tally,
    signal,
    everything: rebuild,
    building,
    elsewhere,
  });
  if (building && !elsewhere?.size) {
    yield* takePlace(pipeline, recipe.set, current, { tally, signal, pace });
  }
  yield tally.summary((await pipeline.features.current())?.id ?? recipe.set);
}

/** The switch, or the refusal of it. */
async function* takePlace(
  pipeline: FeaturePipeline,
  set: string,
  current: FeatureSet | undefined,
  round: Round & { readonly pace: Pace },
): AsyncGenerator<FeatureEvent> {
  const { features } = pipeline;
  // Without a set to lose, whatever could be indexed is better than nothing.
  const reason = current && (await whyNotSwitch(pipeline, set, current.id, round.signal));
  if (reason) {
    yield { type: 'refused', set, current: current.id, reason };
    const own = recipeFor(current, pipeline, round.pace);
    if (own) yield* bringUpToDate(pipeline, own, round);
    return;
  }
  try {
    await features.switchTo(set, current?.id);
    yield { type: 'switched', set, from: current?.id ?? null };
  } catch (error) {
    // Another process built the same set and was first: what was wanted has happened.
    const now = await features.current();
    if (now?.id !== set || !(error instanceof PermanentError)) throw error;
  }
  yield* dropOldSets(features, set);
}
