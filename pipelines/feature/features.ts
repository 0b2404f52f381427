import type { Embedder } from '../serving/embed/port.ts';
import type { ChunkAttributes, DocumentFeatures } from '../stores/features/chunk.ts';
import type { ChunkPolicy } from '../stores/features/manifest.ts';
import type { Document } from '../stores/warehouse/document.ts';
import { chunkDocument } from './chunk/chunk.ts';
import { embedPassages } from './embed-passages.ts';

export type FeatureRecipe = {
  readonly set: string;
  readonly policy: ChunkPolicy;
  readonly embedder: Embedder | null;
  /** Passages per call of the embedder. */
  readonly batch: number;
};

export type MadeFeatures = {
  readonly features: DocumentFeatures;
  readonly plainRegions: number;
};

/** Everything a document contributes to a feature set. */
export async function makeFeatures(
  document: Document,
  { set, policy, embedder, batch }: FeatureRecipe,
  signal?: AbortSignal,
): Promise<MadeFeatures> {
  const { chunks, plainRegions } = chunkDocument(document, policy, set);
  const features: DocumentFeatures = {
    documentId: document.id,
    revision: document.revision,
    attributes: attributesOf(document),
    chunks,
  };
  if (!embedder) return { features, plainRegions };
  const texts = chunks.map(({ context, text }) => `${context}\n${text}`);
  const vectors = await embedPassages(embedder, texts, batch, signal);
  return { features: { ...features, vectors }, plainRegions };
}

export function attributesOf(document: Document): ChunkAttributes {
  const { author, source, platform, kind, language, publishedAt, link, title, origin } = document;
  return { author, source, platform, kind, language, publishedAt, link, title, origin };
}
