import type { EmbeddingCache } from '../../stores/embeddings/port.ts';
import { TransientError } from '../../stores/errors.ts';
import { sha256 } from '../../stores/identity.ts';
import type { Embedder } from './port.ts';

/** Questions whose vectors are kept in this process: 1,000 of 1,024 dimensions are 4 MB. */
const mostQueries = 1_000;

/**
 * The embedder behind what it has computed before. Passages are kept in the cache given, across processes and
 * restarts; questions in this process only, the last asked longest, as nobody is to find them on a disk.
 *
 * A cache that is busy is done without; one that is broken fails as the store it lies in does.
 */
export function cachedEmbedder(
  embedder: Embedder,
  cache: EmbeddingCache,
  { queries = mostQueries }: { readonly queries?: number } = {},
): Embedder {
  const space = { model: embedder.identity, role: 'passage' } as const;
  const asked = new Map<string, Float32Array>();

  return {
    identity: embedder.identity,
    maxTokens: embedder.maxTokens,
    async embed(texts, as, signal) {
      signal?.throwIfAborted();
      const hashes = texts.map(sha256);
      const known =
        as === 'query' ? recent(asked, hashes) : await unlessBusy(cache.get(space, hashes));
      const missing = new Map<string, string>();
      for (const [index, hash] of hashes.entries()) {
        if (!known?.[index]) missing.set(hash, texts[index] ?? '');
      }
      const made = missing.size > 0 ? await embedder.embed([...missing.values()], as, signal) : [];
      const fresh = [...missing.keys()].flatMap((hash, index) => {
        const vector = made[index];
        return vector ? [{ hash, vector }] : [];
      });
      if (as === 'query') remember(asked, fresh, queries);
      else await unlessBusy(cache.put(space, fresh));
      const byHash = new Map(fresh.map(({ hash, vector }) => [hash, vector]));
      return hashes.map((hash, index) => known?.[index] ?? copyOf(byHash.get(hash)));
    },
    close: () => embedder.close(),
  };
}

/** Another process is writing: to wait for it would take longer than to compute. */
async function unlessBusy<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TransientError) return undefined;
    throw error;
  }
}

function recent(
  asked: Map<string, Float32Array>,
  hashes: readonly string[],
): (Float32Array | undefined)[] {
  return hashes.map((hash) => {
    const vector = asked.get(hash);
    if (!vector) return undefined;
    // A Map keeps the order of insertion: put in again, it is the youngest.
    asked.delete(hash);
    asked.set(hash, vector);
    return vector.slice();
  });
}

function remember(
  asked: Map<string, Float32Array>,
  fresh: readonly { readonly hash: string; readonly vector: Float32Array }[],
  most: number,
): void {
  for (const { hash, vector } of fresh) asked.set(hash, vector);
  for (const oldest of asked.keys()) {
    if (asked.size <= most) return;
    asked.delete(oldest);
  }
}

/** Texts that are the same share a vector; what a caller does to one of them is its own affair. */
function copyOf(vector: Float32Array | undefined): Float32Array {
  if (vector) return vector.slice();
  // The port promises one vector per text; an adapter that breaks it is broken.
  throw new TypeError('The embedder returned fewer vectors than texts.');
}
