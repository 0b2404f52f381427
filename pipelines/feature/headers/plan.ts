import { setImmediate } from 'node:timers/promises';
import { costUsd } from '../../serving/language-model/prices.ts';
import { chunkDocument } from '../chunk/chunk.ts';
import type { HeadersPlanned } from '../events.ts';
import type { FeatureRecipe } from '../features.ts';
import type { Change, Stores } from '../plan.ts';
import { checkContext, headerCalls } from './calls.ts';
import { wantsHeaders } from './policy.ts';
import { type HeaderWriting, headersIdentity, recipeOfWriting } from './writing.ts';

/** Runs in which the model itself may fail at a document before it is left as it is. */
const mostAttempts = 3;

/**
 * What the changes ask of the model, and about what it will cost. Nothing is sent.
 *
 * @throws PermanentError `headers.small-context`
 */
export async function planHeaders(
  { warehouse }: Stores,
  { set, policy }: Pick<FeatureRecipe, 'set' | 'policy'>,
  writing: HeaderWriting,
  changes: Iterable<Change> | AsyncIterable<Change>,
  signal?: AbortSignal,
): Promise<HeadersPlanned> {
  checkContext(writing.model.contextTokens);
  const recipe = recipeOfWriting(writing);
  const sum = { documents: 0, passages: 0, found: 0, calls: 0, promptTokens: 0, replyTokens: 0 };
  for await (const { id, action } of changes) {
    signal?.throwIfAborted();
    if (action !== 'put') continue;
    await setImmediate();
    const document = await warehouse.get(id);
    if (!document) continue;
    const { chunks } = chunkDocument(document, policy, set);
    if (!wantsHeaders(document, chunks)) continue;
    const stored = await writing.store.get(recipe, document);
    const known = new Set(stored.map(({ start, end }) => `${start}-${end}`));
    const left = chunks.filter(({ start, end }) => !known.has(`${start}-${end}`));
    sum.found += chunks.length - left.length;
    if (left.length === 0) continue;
    sum.documents++;
    sum.passages += left.length;
    for (const call of headerCalls(document, left, writing.model.contextTokens)) {
      sum.calls++;
      sum.promptTokens += call.promptTokens;
      sum.replyTokens += call.replyTokens;
    }
  }
  return {
    type: 'headers-planned',
    set,
    ...headersIdentity(writing),
    ...sum,
    costUsd:
      writing.prices &&
      costUsd(
        { promptTokens: sum.promptTokens, completionTokens: sum.replyTokens },
        writing.prices,
      ),
  };
}

/** Documents whose passages should have headers and do not all have them. */
export async function headersMissing(writing: HeaderWriting): Promise<readonly string[]> {
  return await writing.store.unfinished(recipeOfWriting(writing), mostAttempts);
}
