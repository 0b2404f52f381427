import type {
  Chunk,
  ChunkAttributes,
  DocumentFeatures,
} from '../../pipelines/stores/features/chunk.ts';
import type { FeatureManifest } from '../../pipelines/stores/features/manifest.ts';
import { featureSetId } from '../../pipelines/stores/features/manifest.ts';
import { chunkId, documentId } from '../../pipelines/stores/identity.ts';
import type { DocumentDraft } from '../../pipelines/stores/warehouse/document.ts';

/** A draft of a document; the same name is the same link and so the same document. */
export function draft(name: string, changes: Partial<DocumentDraft> = {}): DocumentDraft {
  const link = `https://example.org/${encodeURIComponent(name)}`;
  return {
    id: documentId(link),
    kind: 'article',
    platform: 'web',
    source: 'example.org',
    origin: 'https://example.org/',
    author: { id: 'ada', name: 'Ada' },
    link,
    title: `About ${name}`,
    publishedAt: '2024-05-01T00:00:00.000Z',
    language: 'en',
    content: `The whole story of ${name}.`,
    collectedAt: '2025-01-01T00:00:00.000Z',
    extras: { tags: ['story'] },
    ...changes,
  };
}

const size = { target: 100, max: 200, overlap: 10 };

export function manifest(name: string, dimensions?: number): FeatureManifest {
  return {
    chunking: {
      version: 1,
      tokenizer: 'words',
      sizes: { post: size, article: size, repository: size, note: size },
    },
    cleaning: name,
    lexical: 'porter-1',
    embedder: dimensions === undefined ? null : { name: 'tiny', revision: '1', dimensions },
  };
}

export function attributes(changes: Partial<ChunkAttributes> = {}): ChunkAttributes {
  return {
    author: { id: 'ada', name: 'Ada' },
    source: 'example.org',
    platform: 'web',
    kind: 'article',
    language: 'en',
    publishedAt: '2024-05-01T00:00:00.000Z',
    link: 'https://example.org/',
    title: 'A title',
    origin: 'https://example.org/',
    ...changes,
  };
}

/** A document's features in the set of `made`: one chunk per text. */
export function features(
  made: FeatureManifest,
  name: string,
  texts: readonly string[],
  changes: {
    readonly revision?: number;
    readonly attributes?: Partial<ChunkAttributes>;
    readonly context?: string;
    readonly vectors?: readonly (readonly number[])[];
  } = {},
): DocumentFeatures {
  const id = documentId(`https://example.org/${name}`);
  const revision = changes.revision ?? 1;
  let start = 0;
  const chunks = texts.map((text, ordinal): Chunk => {
    const from = start;
    start += text.length;
    return {
      id: chunkId(featureSetId(made), id, ordinal),
      documentId: id,
      revision,
      ordinal,
      start: from,
      end: start,
      text,
      context: changes.context ?? '',
      headingPath: ['Part', `${ordinal}`],
      tokens: text.split(/\s+/).length,
    };
  });
  return {
    documentId: id,
    revision,
    attributes: attributes(changes.attributes),
    chunks,
    ...(changes.vectors ? { vectors: changes.vectors.map((v) => Float32Array.from(v)) } : {}),
  };
}

export async function collected<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Numbers in [0, 1) that are the same every time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
