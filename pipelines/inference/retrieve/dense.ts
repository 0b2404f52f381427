import type { Embedder } from '../../serving/embed/port.ts';
import { PermanentError, TransientError } from '../../stores/errors.ts';
import type { FeatureSet, ScoredChunk, SearchOptions } from '../../stores/features/port.ts';
import { fallbackOf } from '../fallback.ts';
import type { Fallback } from '../types.ts';
import type { Search } from './search.ts';
import { within } from './within.ts';

/** Lists of each text, in order; empty ones where the embedder could not be had. */
export type DenseLists = {
  readonly lists: readonly (readonly ScoredChunk[])[];
  readonly fallback: Fallback | null;
};

/**
 * The nearest passages of each text by meaning; none where the set has no vectors.
 *
 * @throws PermanentError `retrieve.embedder` when the embedder is not the one that the set's vectors were made with.
 */
export async function denseLists(
  { features, set, embedder, settings, signal, clock }: Search,
  texts: readonly string[],
  options: SearchOptions,
): Promise<DenseLists> {
  const own = embedderOf(set, embedder);
  if (!own) return { lists: texts.map(() => []), fallback: null };
  try {
    const vectors = await within((stop) => own.embed(texts, 'query', stop), {
      ms: settings.denseDeadlineMs,
      code: 'embed.late',
      signal,
      clock,
    });
    const lists = await Promise.all(
      vectors.map((vector) => features.searchDense(set.id, vector, options)),
    );
    return { lists, fallback: null };
  } catch (error) {
    signal?.throwIfAborted();
    // An embedder that is down, that cannot take this question, or that came back with other weights (then it refuses
    // by itself) costs the dense arm, not the answer.
    if (!(error instanceof TransientError || error instanceof PermanentError)) throw error;
    return { lists: texts.map(() => []), fallback: fallbackOf('embed', error) };
  }
}

/** Serving with another embedder than the set's would compare what cannot be compared: refused. */
function embedderOf(set: FeatureSet, embedder: Embedder | undefined): Embedder | undefined {
  const wanted = set.manifest.embedder;
  if (!wanted) return undefined;
  const given = embedder?.identity;
  if (embedder && given?.name === wanted.name && given.revision === wanted.revision)
    return embedder;
  throw new PermanentError(
    `Feature set ${set.id} was made with the embedder ${wanted.name} (${wanted.revision}), and ${given ? `${given.name} (${given.revision})` : 'none'} is configured.`,
    {
      code: 'retrieve.embedder',
      hint: 'Point UNDERSTUDY_EMBEDDER or EMBED_URL at that model, or build a set with what is configured: understudy features.',
    },
  );
}
