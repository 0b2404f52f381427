import type { Attempt } from '../endpoints/port.ts';
import { embedInBatches } from './in-batches.ts';
import { openLanes } from './lanes.ts';
import { estimateTokens } from './length.ts';
import type { Embedder } from './port.ts';
import { batchBytes, type EmbeddingServer, prefixed, tooLong, withPrefixes } from './settings.ts';
import { readVectors } from './vectors.ts';

/** A server that does not say which weights it has: the person who set it up does. */
export type NamedEmbedding = Omit<EmbeddingServer, 'revision'> & {
  readonly model: string;
  /** Whatever tells these weights from others: a commit, a digest. Change it with them. */
  readonly revision: string;
  /** Longest input in the model's tokens; 512 unless told otherwise. */
  readonly maxTokens?: number;
  /** Most texts in a request; 16 unless told otherwise. */
  readonly maxTexts?: number;
};

/** One request: a reply as the server gave it, unchecked. */
type Ask = (attempt: Attempt, texts: readonly string[]) => Promise<unknown>;

/**
 * Embedder on a server of which only one route is known. It has no tokenizer to ask, so lengths are estimated, rather too
 * long than too short; whatever is estimated to be longer than `maxTokens` is reported as too long.
 *
 * @throws what the first request throws: it finds out the dimensions
 */
export async function openNamedEmbedder(
  settings: NamedEmbedding,
  ask: Ask,
  signal?: AbortSignal,
): Promise<Embedder> {
  const { model, revision, maxTokens = 512, maxTexts = 16 } = settings;
  const lanes = openLanes(settings, null);
  const limits = { texts: maxTexts, tokens: Number.POSITIVE_INFINITY, bytes: batchBytes };
  const vectorsOf = (
    texts: readonly string[],
    dimensions: number | null,
    as: 'passage' | 'query',
    stop?: AbortSignal,
  ) =>
    lanes[as].call(stop ? { signal: stop } : {}, async (attempt) =>
      readVectors(await ask(attempt, texts), texts.length, dimensions),
    );
  try {
    const [first] = await vectorsOf(['Understudy learns the part.'], null, 'passage', signal);
    const dimensions = first?.length ?? 0;
    return {
      identity: { name: model, revision: withPrefixes(revision, settings), dimensions },
      maxTokens,
      async embed(texts, as, caller) {
        caller?.throwIfAborted();
        const whole = prefixed(texts, as, settings);
        for (const [index, text] of whole.entries()) {
          const tokens = estimateTokens(text);
          if (tokens > maxTokens) throw tooLong(index, tokens, maxTokens);
        }
        const sending = {
          limits,
          atOnce: lanes.atOnce,
          send: (batch: readonly string[], stop: AbortSignal) =>
            vectorsOf(batch, dimensions, as, stop),
          // Nothing to look with.
          lookForLong: async () => {},
        };
        return await embedInBatches(whole, sending, caller);
      },
      close: lanes.close,
    };
  } catch (error) {
    await lanes.close();
    throw error;
  }
}
