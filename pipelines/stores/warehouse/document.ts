import { z } from 'zod';

/** What a piece of writing is; the chunking policy and self-query both go by it. */
export const documentKinds = ['post', 'article', 'repository', 'note'] as const;
export type DocumentKind = (typeof documentKinds)[number];

export const authorSchema = z.object({
  /** Stable across documents: a slug of the name unless the platform has an id of its own. */
  id: z.string().min(1).max(200),
  name: z.string().min(1).max(200),
});
export type Author = z.infer<typeof authorSchema>;

/**
 * A piece of the author's writing as a crawler hands it over: everything but what the warehouse decides
 * (revision) or derives (contentHash).
 */
export const documentDraftSchema = z.object({
  /** Deterministic: `documentId(link)`; the same writing found twice is the same document. */
  id: z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  kind: z.enum(documentKinds),
  /** How it reached us: `folder`, `feed`, `web`, later `slack`, `discord`, `github`, … */
  platform: z.string().min(1).max(50),
  /** The publication it appeared in, as people call it: a site's, feed's or folder's name. */
  source: z.string().min(1).max(200),
  /** The link a person gave to `collect` that led here: an absolute folder path, a feed, a page. */
  origin: z.string().min(1).max(2_000),
  author: authorSchema,
  /** Canonical: an https link, or a `file:` URL for local files. */
  link: z.url().max(4_000),
  title: z.string().max(1_000),
  /** ISO 8601 with time zone (UTC), or null where the writing does not say. */
  publishedAt: z.iso.datetime().nullable(),
  /** BCP 47, or null where it could not be told. */
  language: z.string().max(35).nullable(),
  /** Markdown. Citations carry UTF-16 offsets into exactly this string. */
  content: z.string(),
  /** ISO 8601, UTC. */
  collectedAt: z.iso.datetime(),
  /** What only this crawler knows: tags, file size, feed entry id, … */
  extras: z.record(z.string(), z.json()),
});
export type DocumentDraft = z.infer<typeof documentDraftSchema>;

export const documentSchema = documentDraftSchema.extend({
  /** sha256 (hex) of everything that shapes features; see `contentHash`. */
  contentHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** 1, 2, 3 …; grows only when contentHash changes, or the document vanishes or comes back. */
  revision: z.int().positive(),
});
export type Document = z.infer<typeof documentSchema>;
