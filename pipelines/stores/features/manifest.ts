import { z } from 'zod';
import { sha256 } from '../identity.ts';

const chunkSizeSchema = z.object({
  /** Aim and upper bound of a chunk, and overlap with the one before, in tokens. */
  target: z.int().positive(),
  max: z.int().positive(),
  overlap: z.int().nonnegative(),
});
export type ChunkSize = z.infer<typeof chunkSizeSchema>;

/** The declared chunking policy: changing any of it makes another feature set. */
export const chunkPolicySchema = z.object({
  version: z.int().positive(),
  /** How tokens are counted, by name. */
  tokenizer: z.string(),
  sizes: z.object({
    post: chunkSizeSchema,
    article: chunkSizeSchema,
    repository: chunkSizeSchema,
    note: chunkSizeSchema,
  }),
});
export type ChunkPolicy = z.infer<typeof chunkPolicySchema>;

export const embedderIdentitySchema = z.object({
  name: z.string(),
  /** Pins the weights: a commit or a sha256 over the model's files. */
  revision: z.string(),
  dimensions: z.int().positive(),
});
export type EmbedderIdentity = z.infer<typeof embedderIdentitySchema>;

/** Who writes a line above passages, where somebody does: a language model, and by which prompt. */
export const headersIdentitySchema = z.object({
  /** Engine, model and revision: `tgi:meta/llama@abc`. */
  model: z.string(),
  /** Hash of the prompt. */
  prompt: z.string(),
});
export type HeadersIdentity = z.infer<typeof headersIdentitySchema>;

/** The name under which headers of one maker are kept, and found again. */
export const headersRecipe = ({ model, prompt }: HeadersIdentity): string => `${model} ${prompt}`;

/**
 * What a feature set was made by. Inference loads exactly the embedder named here or refuses: that is
 * how training-serving skew is kept out.
 */
export const featureManifestSchema = z.object({
  chunking: chunkPolicySchema,
  /** Name and version of the cleaner. */
  cleaning: z.string(),
  /** Name and version of the lexical analysis (tokens, stems, stop words). */
  lexical: z.string(),
  embedder: embedderIdentitySchema.nullable(),
  /**
   * Long posts and code carry headers by this model, as far as it could write them: passages it failed at stand
   * without until a later run. Absent, as in sets from before there were headers, the same as null.
   */
  headers: headersIdentitySchema.nullable().optional(),
});
export type FeatureManifest = z.infer<typeof featureManifestSchema>;

/** The set's id: the same manifest is the same set, on every machine. */
export function featureSetId(manifest: FeatureManifest): string {
  const { chunking, cleaning, lexical, embedder, headers } = manifest;
  const { post, article, repository, note } = chunking.sizes;
  const sizes = [post, article, repository, note].map((size) => [
    size.target,
    size.max,
    size.overlap,
  ]);
  const identity = embedder && [embedder.name, embedder.revision, embedder.dimensions];
  const shape = [chunking.version, chunking.tokenizer, sizes, cleaning, lexical, identity];
  // Only where there are any, so that sets without keep the ids they always had.
  if (headers) shape.push([headers.model, headers.prompt]);
  return `set-${sha256(JSON.stringify(shape)).slice(0, 12)}`;
}
