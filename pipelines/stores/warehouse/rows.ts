import { z } from 'zod';
import { json, number, type Row, text, textOrNull, word } from '../sqlite/row.ts';
import { type Document, documentKinds } from './document.ts';
import type { FetchMemory, Origin } from './port.ts';

const extrasOf = z.record(z.string(), z.json()).parse;
const outcomeOf = z.record(z.string(), z.number()).parse;

export function documentOf(row: Row): Document {
  return {
    id: text(row, 'id'),
    kind: word(row, 'kind', documentKinds),
    platform: text(row, 'platform'),
    source: text(row, 'source'),
    origin: text(row, 'origin'),
    author: { id: text(row, 'author_id'), name: text(row, 'author_name') },
    link: text(row, 'link'),
    title: text(row, 'title'),
    publishedAt: textOrNull(row, 'published_at'),
    language: textOrNull(row, 'language'),
    content: text(row, 'content'),
    collectedAt: text(row, 'collected_at'),
    extras: json(row, 'extras', extrasOf),
    contentHash: text(row, 'content_hash'),
    revision: number(row, 'revision'),
  };
}

export function originOf(row: Row): Origin {
  return {
    link: text(row, 'link'),
    crawler: text(row, 'crawler'),
    addedAt: text(row, 'added_at'),
    lastCollectedAt: textOrNull(row, 'last_collected_at'),
    lastOutcome: json(row, 'last_outcome', outcomeOf),
  };
}

export function memoryOf(row: Row): FetchMemory {
  const etag = textOrNull(row, 'etag');
  const lastModified = textOrNull(row, 'last_modified');
  const fingerprint = textOrNull(row, 'fingerprint');
  const documentId = textOrNull(row, 'document_id');
  return {
    ...(etag === null ? {} : { etag }),
    ...(lastModified === null ? {} : { lastModified }),
    ...(fingerprint === null ? {} : { fingerprint }),
    ...(documentId === null ? {} : { documentId }),
  };
}
