import type { EmbedderIdentity } from '../../stores/features/manifest.ts';

/**
 * Texts to vectors.
 *
 * Every adapter promises: one vector per text, in order, unit length, of `identity.dimensions`;
 * `passage` and `query` texts get the prefixes the model was trained with; a text longer than the model
 * takes is reported, not cut in silence; failures are PermanentError or TransientError.
 */
export type Embedder = {
  readonly identity: EmbedderIdentity;
  /** Longest input in the model's own tokens. */
  readonly maxTokens: number;
  embed(
    texts: readonly string[],
    as: 'passage' | 'query',
    signal?: AbortSignal,
  ): Promise<readonly Float32Array[]>;
  close(): Promise<void>;
};
