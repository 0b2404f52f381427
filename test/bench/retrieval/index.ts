import { syncFeatures } from '../../../pipelines/feature/sync.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import { type EmbeddedStores, openEmbedded } from '../../../pipelines/stores/open.ts';
import type { DocumentDraft } from '../../../pipelines/stores/warehouse/document.ts';
import type { Collection, CollectionDocument } from './collection.ts';

export type Indexed = {
  readonly stores: EmbeddedStores;
  /** The collection's id of each document id. */
  readonly names: ReadonlyMap<string, string>;
  readonly chunks: number;
  /** The last day anything was published, ISO 8601: when the questions are asked. */
  readonly now: string;
};

/** Puts a collection through the warehouse and the feature pipeline, as the product does. */
export async function indexed(collection: Collection, home: string): Promise<Indexed> {
  const stores = openEmbedded(home);
  const names = new Map<string, string>();
  let now = '';
  for (const document of collection.documents) {
    const draft = draftOf(document, collection.name);
    names.set(draft.id, document.id);
    if (draft.publishedAt !== null && draft.publishedAt > now) now = draft.publishedAt;
    await stores.warehouse.upsert(draft);
  }
  for await (const event of syncFeatures({ ...stores, embedder: null })) {
    if (event.type === 'refused') throw new Error(event.reason.message);
    if (event.type === 'document' && event.outcome === 'failed') {
      throw new Error(`${event.documentId}: ${event.reason?.message ?? 'failed'}`);
    }
  }
  const chunks = (await stores.features.current())?.chunks ?? 0;
  return { stores, names, chunks, now: now === '' ? '2026-01-01T00:00:00.000Z' : now };
}

/** What a collection does not say of a document (author, source) is the collection itself. */
function draftOf(document: CollectionDocument, collection: string): DocumentDraft {
  const link = `https://${collection}.bench.invalid/${encodeURIComponent(document.id)}`;
  const author = (document.author?.trim() || collection).slice(0, 200);
  return {
    id: documentId(link),
    kind: 'article',
    platform: 'bench',
    source: (document.source?.trim() || collection).slice(0, 200),
    origin: `bench:${collection}`,
    author: { id: author.toLowerCase(), name: author },
    link,
    title: (document.title ?? '').slice(0, 1_000),
    publishedAt: document.date ? isoDate(document.date) : null,
    language: 'en',
    content: document.text.trim() || document.title || document.id,
    collectedAt: '2026-01-01T00:00:00.000Z',
    extras: {},
  };
}

function isoDate(date: string): string | null {
  const time = Date.parse(date.replace(' ', 'T'));
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
