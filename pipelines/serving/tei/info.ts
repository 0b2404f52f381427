import { z } from 'zod';
import type { Attempt } from '../endpoints/port.ts';
import { requestJson } from '../endpoints/request.ts';

const infoSchema = z
  .object({
    model_id: z.string().min(1),
    model_sha: z.string().min(1).nullish(),
    model_dtype: z.string(),
    model_type: z.union([
      z.object({ embedding: z.object({ pooling: z.string() }) }),
      z.object({ reranker: z.unknown() }),
      z.object({ classifier: z.unknown() }),
    ]),
    max_input_length: z.int().positive(),
    max_batch_tokens: z.int().positive(),
    max_client_batch_size: z.int().positive(),
  })
  .transform((info): TeiInfo => {
    const type = info.model_type;
    return {
      model: info.model_id,
      revision: info.model_sha ?? null,
      dtype: info.model_dtype,
      serves: 'embedding' in type ? 'embedding' : 'reranker' in type ? 'reranker' : 'classifier',
      pooling: 'embedding' in type ? type.embedding.pooling : null,
      maxTokens: info.max_input_length,
      maxBatchTokens: info.max_batch_tokens,
      maxTexts: info.max_client_batch_size,
    };
  });

/** What a text-embeddings-inference server says of itself (`GET /info`, TEI 1.9). */
export type TeiInfo = {
  readonly model: string;
  /** Commit of the weights; null where they came from a folder. */
  readonly revision: string | null;
  readonly dtype: string;
  readonly serves: 'embedding' | 'reranker' | 'classifier';
  /** How an embedding model makes one vector of many. */
  readonly pooling: string | null;
  /** Longest input in the model's tokens. */
  readonly maxTokens: number;
  readonly maxBatchTokens: number;
  /** Most texts in a request. */
  readonly maxTexts: number;
};

/** Whose errors these are: the service's name, and the prefix of its codes. */
export type Asker = { readonly service: string; readonly code: string };

export async function readTeiInfo(attempt: Attempt, asker: Asker): Promise<TeiInfo> {
  return await requestJson(attempt, { ...asker, path: '/info', schema: infoSchema });
}
