import { TransientError } from '../../stores/errors.ts';
import { applyChanges } from '../apply.ts';
import { type Pace, recipeFor } from '../bring-up-to-date.ts';
import type { DocumentEvent } from '../events.ts';
import type { FeaturePipeline } from '../sync.ts';
import { changesOf, type Slice } from './slice.ts';

/** Failures in a row, and nothing else, after which the fault is not the documents'. */
const enoughFailures = 5;

/**
 * Brings the documents of a slice up to date, as they are now: a slice that comes late or twice changes nothing. A
 * slice of a set that is gone, or that this code and these makers cannot write, is left to the sweep.
 *
 * @throws TransientError when nothing of it can be done for now, as when a server is away
 */
export async function* applySlice(
  pipeline: FeaturePipeline,
  slice: Slice,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<DocumentEvent> {
  const set = (await pipeline.features.sets()).find(({ id }) => id === slice.set);
  const recipe = set && recipeFor(set, pipeline, pace);
  if (!recipe) return;
  let failures = 0;
  let others = 0;
  for await (const event of applyChanges(pipeline, recipe, changesOf(slice), signal)) {
    yield event;
    if (event.outcome !== 'failed' || !event.passing) others++;
    else failures++;
    if (others > 0 || failures < Math.min(enoughFailures, slice.documents.length)) continue;
    throw new TransientError(event.reason?.message ?? 'Nothing of this slice could be done.', {
      code: event.reason?.code ?? 'features.unexpected',
    });
  }
}
