import type { Access } from '../features/access.ts';
import type { Document, DocumentDraft, DocumentKind } from './document.ts';

export { keptByAccess } from './kept.ts';

/**
 * What came of handing a draft to the warehouse. `created`: there was no live document of that id, though
 * there may have been a tombstone. `unchanged`: nothing was stored, not even other extras or another origin.
 */
export type Upserted = {
  readonly outcome: 'created' | 'changed' | 'unchanged' | 'refused';
  /** The revision now stored; 0 when refused. */
  readonly revision: number;
};

/** A document as the work list sees it: enough to tell whether features are behind. */
export type Head = {
  readonly id: string;
  readonly revision: number;
  readonly state: 'live' | 'tombstone';
};

/** A link a person asked to collect, with what the last collection came to. */
export type Origin = {
  readonly link: string;
  readonly crawler: string;
  readonly addedAt: string;
  readonly lastCollectedAt: string | null;
  /** The last summary, as counts by outcome. */
  readonly lastOutcome: Readonly<Record<string, number>>;
};

/** What a crawler remembers about one link so as not to fetch or read it again in vain. */
export type FetchMemory = {
  readonly etag?: string;
  readonly lastModified?: string;
  /** For local files: `size:mtimeMs:inode`. */
  readonly fingerprint?: string;
  /** The document it became. */
  readonly documentId?: string;
};

export type Count = { readonly name: string; readonly documents: number };

/** What the warehouse really holds: the vocabulary of self-query. Live documents only. */
export type Facets = {
  readonly authors: readonly {
    readonly id: string;
    readonly name: string;
    readonly documents: number;
  }[];
  readonly sources: readonly Count[];
  /** By their links. */
  readonly origins: readonly Count[];
  readonly platforms: readonly Count[];
  readonly kinds: readonly { readonly name: DocumentKind; readonly documents: number }[];
  readonly languages: readonly Count[];
  /** Earliest and latest publishedAt, ISO 8601, or null when no document has a date. */
  readonly earliest: string | null;
  readonly latest: string | null;
  readonly documents: number;
};

export type TitledDocument = {
  readonly id: string;
  readonly title: string;
  readonly publishedAt: string | null;
};

/**
 * The raw documents: everything the author wrote, by revision.
 *
 * Every adapter promises:
 * - what a method call does to one document is atomic: it happened or it did not, whoever is killed when; a call for
 *   several documents may be cut short between two of them, and finishes its work when it is repeated;
 * - `upsert` of the same draft twice changes nothing; a draft whose contentHash differs raises the
 *   revision by exactly 1, also when several processes do it at once;
 * - a tombstone is a revision: its number is higher than that of the document it ends, and a document
 *   that comes back continues from there;
 * - what was forgotten is gone from the storage, and `upsert` refuses its id until `remember`ed;
 * - iterables are in ascending id order (bytewise), streamed, and consistent enough that a document
 *   which exists all the while is seen exactly once;
 * - failures are PermanentError or TransientError.
 */
export type Warehouse = {
  upsert(draft: DocumentDraft): Promise<Upserted>;
  /** The live document, or undefined (unknown, tombstone or forgotten). */
  get(id: string): Promise<Document | undefined>;
  /** Live documents, streamed; `author` is an author's id. */
  documents(filter?: {
    readonly origin?: string;
    readonly author?: string;
  }): AsyncIterable<Document>;
  /** Live documents and tombstones, streamed. */
  heads(filter?: { readonly origin?: string }): AsyncIterable<Head>;
  /** Marks live documents as vanished. Returns how many were live. Content is removed, the head stays. */
  tombstone(ids: readonly string[]): Promise<number>;
  /**
   * Removes documents and every trace of them but the hashed promise not to take them back. Returns how
   * many there were, tombstones too. Safe to repeat, and to be repeated after a TransientError.
   */
  forget(ids: readonly string[]): Promise<number>;
  /** Lifts the promise, so that the next collection may take the documents in again. */
  remember(ids: readonly string[]): Promise<void>;

  /** Counted over the documents that pass `access`, as if there were no others. */
  facets(access?: Access): Promise<Facets>;
  /** Titles with dates, for "before the outage post", of documents that pass. Newest first, at most `limit`. */
  titles(limit: number, access?: Access): Promise<readonly TitledDocument[]>;
  /** After every change of a document another number than ever before: equal versions mean equal contents. For caches. */
  version(): Promise<number>;

  origins(): Promise<readonly Origin[]>;
  putOrigin(origin: Origin): Promise<void>;
  removeOrigin(link: string): Promise<void>;
  fetchMemory(link: string): Promise<FetchMemory | undefined>;
  putFetchMemory(link: string, memory: FetchMemory): Promise<void>;

  close(): Promise<void>;
};
