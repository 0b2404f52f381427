import type { Author, DocumentKind } from '../warehouse/document.ts';

/** What search may filter and boost by; the same for all chunks of a document. */
export type ChunkAttributes = {
  readonly author: Author;
  readonly source: string;
  readonly platform: string;
  readonly kind: DocumentKind;
  readonly language: string | null;
  /** ISO 8601, UTC. */
  readonly publishedAt: string | null;
  readonly link: string;
  readonly title: string;
  readonly origin: string;
};

/** A passage of a document: the unit of retrieval and of citation. */
export type Chunk = {
  /** `chunkId(set, document, ordinal)`. */
  readonly id: string;
  readonly documentId: string;
  readonly revision: number;
  /** Position in the document: 0, 1, 2 … without gaps. */
  readonly ordinal: number;
  /** UTF-16 offsets into the document's content: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** The passage as people read it (Markdown, cleaned): what is quoted. */
  readonly text: string;
  /** One line that says where this stands: author, source, title, heading path, date. Indexed too. */
  readonly context: string;
  readonly headingPath: readonly string[];
  /** Length of `text` in tokens as the chunking policy counts them. */
  readonly tokens: number;
};

/** A document's whole contribution to a feature set: stored at once or not at all. */
export type DocumentFeatures = {
  readonly documentId: string;
  readonly revision: number;
  readonly attributes: ChunkAttributes;
  readonly chunks: readonly Chunk[];
  /** One per chunk, in order, of the manifest's dimensions; absent when the set has no embedder. */
  readonly vectors?: readonly Float32Array[];
};

/** A chunk as search returns it. */
export type RetrievedChunk = Chunk & { readonly attributes: ChunkAttributes };
