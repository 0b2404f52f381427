import type { Timestamp } from 'mongodb';
import { z } from 'zod';
import { momentOf } from '../../features/access.ts';
import { contentHash, sha256 } from '../../identity.ts';
import { parsed } from '../../mongo/parsed.ts';
import { type Document, type DocumentDraft, documentKinds } from '../document.ts';

/** The collection. */
export const documentsName = 'documents';

/**
 * A document as MongoDB keeps it. All states have the same key, so that each of the warehouse's promises is
 * kept by one atomic write of one document:
 *
 * - `live` has every field;
 * - `tombstone` has only `id`, `origin` and `revision`;
 * - `forgotten` has nothing but its key, which is a hash: enough to know it again, not to know what it was;
 * - `mark` is one that stands for none: see `remember`.
 */
export type Stored = {
  /** `keyOf(id)` */
  readonly _id: string;
  readonly state: 'live' | 'tombstone' | 'forgotten' | 'mark';
  /** The server's clock at the last change of what the document says; `version` is made of it. */
  readonly changed?: Timestamp;
} & Partial<Identity & Writing>;

type Identity = { readonly id: string; readonly origin: string; readonly revision: number };

const writingSchema = z.object({
  kind: z.enum(documentKinds),
  platform: z.string(),
  source: z.string(),
  author: z.object({ id: z.string(), name: z.string() }),
  link: z.string(),
  title: z.string(),
  publishedAt: z.string().nullable(),
  /** `publishedAt` in milliseconds since 1970, to be compared as a moment. */
  publishedMs: z.number().nullable(),
  language: z.string().nullable(),
  content: z.string(),
  collectedAt: z.string(),
  /** JSON: MongoDB takes neither every name of a field nor every number as it is. */
  extras: z.string(),
  contentHash: z.string(),
});
type Writing = z.infer<typeof writingSchema>;

const liveSchema = writingSchema.extend({
  id: z.string(),
  origin: z.string(),
  revision: z.int(),
});
const extrasSchema = z.record(z.string(), z.json());

/** What a tombstone has no more; the origin stays, as its heads are asked for by it. */
export const writingFields = Object.keys(writingSchema.shape);
/** What a forgotten document has no more. */
export const allFields = Object.keys(liveSchema.shape);

/** Of a document's id; as SQLite's warehouse keeps of the forgotten. */
export function keyOf(id: string): string {
  return sha256(`forgotten:${id}`);
}

export function writingOf(draft: DocumentDraft): Writing & Omit<Identity, 'revision'> {
  const { extras, ...said } = draft;
  return {
    ...said,
    publishedMs: draft.publishedAt === null ? null : momentOf(draft.publishedAt),
    extras: JSON.stringify(extras),
    contentHash: contentHash(draft),
  };
}

export function documentOf(stored: unknown): Document {
  const { publishedMs: _, extras, ...document } = parsed(liveSchema, stored, documentsName);
  return { ...document, extras: parsed(extrasSchema, JSON.parse(extras), documentsName) };
}
