import type { Embedder } from '../serving/embed/port.ts';
import type { Chunk, ChunkAttributes, DocumentFeatures } from '../stores/features/chunk.ts';
import type { ChunkPolicy } from '../stores/features/manifest.ts';
import type { Document } from '../stores/warehouse/document.ts';
import { chunkDocument } from './chunk/chunk.ts';
import { embedPassages } from './embed-passages.ts';
import type { HeadersOutcome } from './events.ts';
import { makeHeaders } from './headers/write.ts';
import type { HeaderWriting } from './headers/writing.ts';

export type FeatureRecipe = {
  readonly set: string;
  readonly policy: ChunkPolicy;
  readonly embedder: Embedder | null;
  /** Passages per call of the embedder. */
  readonly batch: number;
  /** Writes a line above passages of long posts and code; null where nobody does. */
  readonly headers: HeaderWriting | null;
  /** Documents that are made at the same time. */
  readonly atOnce: number;
};

export type MadeFeatures = {
  readonly features: DocumentFeatures;
  readonly plainRegions: number;
  readonly headers?: HeadersOutcome;
};

/** Everything a document contributes to a feature set. */
export async function makeFeatures(
  document: Document,
  { set, policy, embedder, batch, headers: writing }: FeatureRecipe,
  signal?: AbortSignal,
): Promise<MadeFeatures> {
  const { chunks: bare, plainRegions } = chunkDocument(document, policy, set);
  const { chunks, headers } = writing
    ? await withHeaders(document, bare, writing, signal)
    : { chunks: bare };
  const features: DocumentFeatures = {
    documentId: document.id,
    revision: document.revision,
    attributes: attributesOf(document),
    chunks,
  };
  const told = { plainRegions, ...(headers && { headers }) };
  if (!embedder) return { features, ...told };
  const texts = chunks.map(embeddedText);
  const vectors = await embedPassages(embedder, texts, batch, signal);
  return { features: { ...features, vectors }, ...told };
}

/** What of a passage is embedded. */
export function embeddedText({ context, text }: Pick<Chunk, 'context' | 'text'>): string {
  return `${context}\n${text}`;
}

/** The same passages, with what the model wrote at the end of their context lines. */
async function withHeaders(
  document: Document,
  chunks: readonly Chunk[],
  writing: HeaderWriting,
  signal: AbortSignal | undefined,
): Promise<{ readonly chunks: readonly Chunk[]; readonly headers?: HeadersOutcome }> {
  const { headers, ...outcome } = await makeHeaders(document, chunks, writing, signal);
  if (outcome.missing === 0 && headers.size === 0) return { chunks };
  const headed = chunks.map((chunk) => {
    const header = headers.get(chunk.ordinal);
    return header ? { ...chunk, context: `${chunk.context} · ${header}` } : chunk;
  });
  return { chunks: headed, headers: outcome };
}

export function attributesOf(document: Document): ChunkAttributes {
  const { author, source, platform, kind, language, publishedAt, link, title, origin } = document;
  return { author, source, platform, kind, language, publishedAt, link, title, origin };
}
