import type { Embedder } from '../serving/embed/port.ts';
import {
  type ChunkPolicy,
  type FeatureManifest,
  featureSetId,
} from '../stores/features/manifest.ts';
import type { FeatureSet } from '../stores/features/port.ts';
import { applyChanges } from './apply.ts';
import type { FeatureEvent } from './events.ts';
import type { FeatureRecipe } from './features.ts';
import { planHeaders } from './headers/plan.ts';
import { HeadersTally } from './headers/tally.ts';
import { type HeaderWriting, headersIdentity } from './headers/writing.ts';
import type { Stores } from './plan.ts';
import { chunkPolicy, featureManifest } from './policy.ts';
import type { Tally } from './tally.ts';
import { look, workList } from './work-list.ts';

/** Rounds after which a corpus that changes all the while is left to the next run. */
const mostRounds = 3;

export type Round = {
  readonly tally: Tally;
  readonly signal: AbortSignal | undefined;
  readonly everything?: boolean;
  readonly building?: boolean;
  /** Documents that others are at. */
  readonly elsewhere?: ReadonlySet<string> | undefined;
};

/**
 * Rounds of planning and applying until nothing is left: what changed, came or was forgotten meanwhile
 * is seen in the next round. Documents that failed are not tried twice.
 */
export async function* bringUpToDate(
  stores: Stores,
  recipe: FeatureRecipe,
  { tally, signal, everything = false, building = false, elsewhere }: Round,
): AsyncGenerator<FeatureEvent> {
  const { headers } = recipe;
  const spent = new HeadersTally();
  const except = (id: string) => tally.failed.has(id) || (elsewhere?.has(id) ?? false);
  for (let round = 1; round <= mostRounds; round++) {
    const isFirst = round === 1;
    const looking = { everything: everything && isFirst, unheaded: isFirst, except, signal };
    const due = await look(() => workList(stores, recipe, looking));
    if (isFirst) {
      const { put, remove, unchanged } = due;
      yield { type: 'plan', set: recipe.set, building, put, remove, unchanged };
    }
    if (isFirst && headers) {
      const planned = await planHeaders(stores, recipe, headers, due.changes(), signal);
      if (planned.passages + planned.found > 0) yield planned;
    }
    if (due.put + due.remove === 0) break;
    for await (const event of applyChanges(stores, recipe, due.changes(), signal)) {
      tally.add(event);
      spent.add(event);
      yield event;
    }
  }
  yield* spent.told(recipe.set);
}

/** What features are made with. */
export type Makers = {
  readonly embedder: Embedder | null;
  /** Writes a line above passages of long posts and code. */
  readonly headers?: HeaderWriting | null;
};

export type Pace = {
  /** Passages per call of the embedder. */
  readonly batch: number;
  /** Documents that are made at the same time. */
  readonly atOnce: number;
};

export function recipeOf(
  set: string,
  policy: ChunkPolicy,
  { embedder, headers = null }: Makers,
  pace: Pace,
): FeatureRecipe {
  return { set, policy, embedder, headers, ...pace };
}

/** The manifest of what these make by this policy. */
export function manifestOf(policy: ChunkPolicy, { embedder, headers }: Makers): FeatureManifest {
  return featureManifest(embedder?.identity ?? null, policy, headers && headersIdentity(headers));
}

/** How an existing set is written, when this code and these makers can write it at all. */
export function recipeFor(
  { id, manifest }: FeatureSet,
  makers: Makers,
  pace: Pace,
): FeatureRecipe | undefined {
  const own = manifestOf(manifest.chunking, makers);
  const sameCode = own.chunking.version === chunkPolicy.version;
  if (!sameCode || featureSetId(own) !== id) return undefined;
  return recipeOf(id, manifest.chunking, makers, pace);
}
