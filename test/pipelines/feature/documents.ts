import { contentHash, documentId } from '../../../pipelines/stores/identity.ts';
import type {
  Document,
  DocumentDraft,
  DocumentKind,
} from '../../../pipelines/stores/warehouse/document.ts';

/** A document draft about nothing in particular; give what matters to the test. */
export function draft(
  name: string,
  content: string,
  kind: DocumentKind = 'article',
): DocumentDraft {
  const link = `https://example.org/${name}`;
  return {
    id: documentId(link),
    kind,
    platform: 'folder',
    source: 'Field notes',
    origin: '/notes',
    author: { id: 'ada', name: 'Ada Okafor' },
    link,
    title: `About ${name}`,
    publishedAt: '2026-03-14T09:00:00.000Z',
    language: 'en',
    content,
    collectedAt: '2026-03-15T00:00:00.000Z',
    extras: {},
  };
}

export function document(content: string, kind: DocumentKind = 'article'): Document {
  const made = draft('chunks', content, kind);
  return { ...made, contentHash: contentHash(made), revision: 1 };
}
