import { lexicalAnalysis } from '../stores/features/lexical.ts';
import type {
  ChunkPolicy,
  ChunkSize,
  EmbedderIdentity,
  FeatureManifest,
  HeadersIdentity,
} from '../stores/features/manifest.ts';
import { cleaning } from './clean/clean.ts';

/** Aim, bound and overlap of a passage in tokens of `words-1` (`chunk/tokens.ts`). */
const passage: ChunkSize = { target: 256, max: 400, overlap: 48 };

/**
 * How documents are cut. A post or note rarely needs a second passage, so its cuts do without overlap;
 * repositories are mostly code and lists, which have no sentences to repeat.
 */
export const chunkPolicy: ChunkPolicy = {
  version: 1,
  tokenizer: 'words-1',
  sizes: {
    post: { ...passage, overlap: 0 },
    article: passage,
    repository: { ...passage, overlap: 0 },
    note: { ...passage, overlap: 0 },
  },
};

/** What the feature set that this code builds is made by. */
export function featureManifest(
  embedder: EmbedderIdentity | null,
  chunking: ChunkPolicy = chunkPolicy,
  headers: HeadersIdentity | null = null,
): FeatureManifest {
  const manifest = { chunking, cleaning, lexical: lexicalAnalysis, embedder };
  return headers ? { ...manifest, headers } : manifest;
}
