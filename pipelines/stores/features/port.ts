import type { Access } from './access.ts';
import type { Chunk, DocumentFeatures, RetrievedChunk } from './chunk.ts';
import type { FeatureManifest } from './manifest.ts';

export { type Access, accessKey, intersect } from './access.ts';

export type FeatureSet = {
  readonly id: string;
  readonly manifest: FeatureManifest;
  /** `building` beside the current one; `retired` sets stay for rollback until dropped. */
  readonly state: 'building' | 'current' | 'retired';
  readonly createdAt: string;
  readonly documents: number;
  readonly chunks: number;
};

/** Documents and chunks of a set that somebody may see. */
export type FeatureCounts = { readonly documents: number; readonly chunks: number };

/** Which document stands at which revision in a set. */
export type FeatureHead = { readonly documentId: string; readonly revision: number };

export type SearchOptions = {
  /** How many chunks at most. */
  readonly limit: number;
  readonly access?: Access;
  readonly signal?: AbortSignal;
};

/** A query term after analysis; duplicates are kept on purpose: they are the query's term frequency. */
export type QueryTerm = { readonly term: string; readonly weight: number };

/** `score` is comparable within one result only; higher is better. */
export type ScoredChunk = { readonly chunk: RetrievedChunk; readonly score: number };

/** A question to both arms of the search at once. An arm without words or vector finds nothing. */
export type HybridQuery = {
  readonly terms: readonly QueryTerm[];
  /** The question by the set's own embedder; only for sets that have one. */
  readonly vector?: Float32Array;
  /** How much each arm counts, 1 where it does not say; 0 leaves it out. */
  readonly shares?: { readonly lexical?: number; readonly dense?: number };
  /** Raises what is new: by `weight` (0.2 is a fifth) what is of this moment, by half of that what is `halfLifeMs` older. */
  readonly recency?: {
    readonly halfLifeMs: number;
    readonly weight: number;
    /** Milliseconds since 1970. */
    readonly now: number;
  };
  /** How many passages of one document at most; all where absent. */
  readonly perDocument?: number;
};

/** Statistics of a set's lexical index, as BM25 needs them. */
export type LexicalStatistics = {
  readonly chunks: number;
  /** Mean indexed length of a chunk in tokens. */
  readonly averageLength: number;
  /** In how many chunks each asked stem occurs; 0 when it does not. */
  readonly documentFrequency: ReadonlyMap<string, number>;
};

/**
 * The searchable passages, in versioned sets.
 *
 * Every adapter promises:
 * - `putDocument` replaces all features of the document's older revisions in one step; readers see the
 *   old or the new, never both, never none; putting an older revision than stored changes nothing;
 * - exactly one set is `current` once one has been switched to; `switchTo` is compare-and-swap;
 * - `revisions` is in ascending document-id order (bytewise);
 * - results are ordered by descending score, ties by ascending chunk id, so equal inputs give equal
 *   outputs;
 * - `access` is applied before anything is ranked or limited;
 * - a question is data: any string is safe in `searchLexical`.
 */
export type FeatureStore = {
  /** Idempotent; a new set begins as `building`. */
  createSet(manifest: FeatureManifest): Promise<FeatureSet>;
  sets(): Promise<readonly FeatureSet[]>;
  current(): Promise<FeatureSet | undefined>;
  /**
   * Makes `id` current and the former one retired.
   * @throws PermanentError `features.switch-conflict` when the current set is not `expected`.
   */
  switchTo(id: string, expected: string | undefined): Promise<void>;
  /** The set that was current before this one, for rollback. */
  previous(): Promise<FeatureSet | undefined>;
  /** Drops a set that is not current. */
  dropSet(id: string): Promise<void>;

  putDocument(set: string, features: DocumentFeatures): Promise<void>;
  /** Removes a document's features from the set. Removing what is not there is fine. */
  removeDocument(set: string, documentId: string): Promise<void>;
  /** Removes a document from every set, and from the storage beneath. */
  forget(documentIds: readonly string[]): Promise<void>;
  revisions(set: string): AsyncIterable<FeatureHead>;

  searchLexical(
    set: string,
    terms: readonly QueryTerm[],
    options: SearchOptions,
  ): Promise<readonly ScoredChunk[]>;
  /** Exact or approximate nearest neighbours by cosine; `score` in [-1, 1]. */
  searchDense(
    set: string,
    vector: Float32Array,
    options: SearchOptions,
  ): Promise<readonly ScoredChunk[]>;
  /**
   * Both arms, fused by weighted reciprocal ranks (`fusion.ts` has the formula); `score` above 0. Where passages tie
   * within one arm, an adapter may take them in an order of its own there.
   */
  searchHybrid(
    set: string,
    query: HybridQuery,
    options: SearchOptions,
  ): Promise<readonly ScoredChunk[]>;
  /** Of the whole set: how rare a word is does not depend on who asks. */
  lexicalStatistics(set: string, stems: readonly string[]): Promise<LexicalStatistics>;
  /** How many there are of each that pass `access`. */
  count(set: string, access?: Access): Promise<FeatureCounts>;
  /** The chunks asked for that exist and pass `access`, in the order asked. */
  chunks(set: string, ids: readonly string[], access?: Access): Promise<readonly RetrievedChunk[]>;
  /** A document's chunks with `from <= ordinal <= to`, in order. */
  neighbours(set: string, documentId: string, from: number, to: number): Promise<readonly Chunk[]>;
  /** All chunks of a document, streamed, for export and inspection. */
  documentChunks(set: string, documentId: string): AsyncIterable<Chunk>;
  /** Everything a document contributes, as it was put; for moving it elsewhere. */
  documentFeatures(set: string, documentId: string): Promise<DocumentFeatures | undefined>;

  close(): Promise<void>;
};
