import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lexicalAnalysis } from '../../../../pipelines/stores/features/lexical.ts';
import type { FeatureManifest } from '../../../../pipelines/stores/features/manifest.ts';
import { chunkId, documentId } from '../../../../pipelines/stores/identity.ts';
import { type EmbeddedStores, openEmbedded } from '../../../../pipelines/stores/open.ts';

export type Written = {
  readonly name: string;
  readonly author: string;
  readonly source: string;
  readonly publishedAt?: string;
  /** One chunk each. */
  readonly passages: readonly string[];
};

const size = { target: 100, max: 200, overlap: 0 };
export const manifest: FeatureManifest = {
  chunking: {
    version: 1,
    tokenizer: 'test',
    sizes: { post: size, article: size, repository: size, note: size },
  },
  cleaning: 'test',
  lexical: lexicalAnalysis,
  embedder: null,
};

export const idOf = (name: string) => documentId(`https://test.invalid/${name}`);

/** Real stores in a temporary home, with these documents in the warehouse and in the current set. */
export async function storesWith(
  documents: readonly Written[],
  { embedder = null, vectors }: { embedder?: FeatureManifest['embedder']; vectors?: Vectors } = {},
): Promise<EmbeddedStores> {
  const home = mkdtempSync(join(tmpdir(), 'understudy-retrieve-'));
  const opened = openEmbedded(home);
  const stores = {
    ...opened,
    async close() {
      await opened.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
  const set = await stores.features.createSet({ ...manifest, embedder });
  for (const document of documents) await put(stores, set.id, document, vectors);
  await stores.features.switchTo(set.id, undefined);
  return stores;
}

type Vectors = (passage: string) => Float32Array;

async function put(
  { warehouse, features }: EmbeddedStores,
  set: string,
  { name, author, source, publishedAt = '2025-01-01T00:00:00.000Z', passages }: Written,
  vectors: Vectors | undefined,
): Promise<void> {
  const shared = {
    author: { id: author.toLowerCase().replaceAll(' ', '-'), name: author },
    source,
    platform: 'folder',
    kind: 'article' as const,
    language: 'en',
    publishedAt,
    link: `https://test.invalid/${name}`,
    title: name,
    origin: 'test',
  };
  const id = idOf(name);
  const content = passages.join('\n\n');
  await warehouse.upsert({ ...shared, id, content, collectedAt: publishedAt, extras: {} });
  await features.putDocument(set, {
    documentId: id,
    revision: 1,
    attributes: shared,
    chunks: passages.map((text, ordinal) => ({
      id: chunkId(set, id, ordinal),
      documentId: id,
      revision: 1,
      ordinal,
      start: content.indexOf(text),
      end: content.indexOf(text) + text.length,
      text,
      context: `${author} · ${source} · ${name}`,
      headingPath: [],
      tokens: text.split(' ').length,
    })),
    ...(vectors && { vectors: passages.map(vectors) }),
  });
}
