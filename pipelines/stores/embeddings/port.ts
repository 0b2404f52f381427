import type { EmbedderIdentity } from '../features/manifest.ts';

/** Vectors are only comparable within one of these: the same weights, told the same about the text's part. */
export type EmbeddingSpace = {
  readonly model: EmbedderIdentity;
  readonly role: 'passage' | 'query';
};

/** A text, known by its sha256 (hex) alone, and its unit vector. */
export type CachedVector = { readonly hash: string; readonly vector: Float32Array };

export type CacheBounds = {
  /** Drops what nobody asked for in so many milliseconds; told apart by the day. */
  readonly unusedForMs?: number;
  /** Drops what was asked for longest ago until the vectors take no more than this. */
  readonly maxBytes?: number;
};

/**
 * Vectors that were computed before, so that a text is embedded once per model.
 *
 * It holds no text, but it is not harmless: a hash confirms a guess, and a vector gives much of its text away (Morris
 * et al. 2023, "Text Embeddings Reveal (Almost) As Much As Text"). Forgetting therefore has to reach it, and `retain`
 * is how: of the texts of earlier revisions nobody knows the hashes any more, of those that may stay everybody does.
 *
 * Every adapter promises: a vector comes back as it was put, to the bit; a space never sees another's vectors; what
 * is dropped is gone from the storage beneath once `retain` has returned; putting twice is fine. Losing all of it costs time only.
 */
export type EmbeddingCache = {
  /** One per hash, in order; undefined where it is not known. */
  get(
    space: EmbeddingSpace,
    hashes: readonly string[],
  ): Promise<readonly (Float32Array | undefined)[]>;
  /** @throws PermanentError `embeddings.dimensions` for a vector that is not of the space's. */
  put(space: EmbeddingSpace, vectors: readonly CachedVector[]): Promise<void>;
  /** Returns how many were dropped. */
  prune(bounds: CacheBounds): Promise<number>;
  /** Drops, in every space, what is not one of these hashes, from the bytes too. Returns how many. */
  retain(hashes: Iterable<string>): Promise<number>;
  size(): Promise<{ readonly vectors: number; readonly bytes: number }>;
};
