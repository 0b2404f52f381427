import type { FeatureStore } from '../stores/features/port.ts';
import { sha256 } from '../stores/identity.ts';
import { embeddedText } from './features.ts';

/**
 * What the embedding cache may keep after something was forgotten (`EmbeddingCache.retain`): the hashes of all passages
 * that any set still holds. About a second for 50,000 passages.
 */
export async function passageHashes(
  features: Pick<FeatureStore, 'sets' | 'revisions' | 'documentChunks'>,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const hashes = new Set<string>();
  for (const { id, manifest } of await features.sets()) {
    if (!manifest.embedder) continue;
    for await (const { documentId } of features.revisions(id)) {
      signal?.throwIfAborted();
      for await (const chunk of features.documentChunks(id, documentId)) {
        hashes.add(sha256(embeddedText(chunk)));
      }
    }
  }
  return hashes;
}
