import type { TeiOptions } from './types.ts';

/** The options, with what stands for an absent one; the revision may change while it serves. */
export type Settings = Required<Omit<TeiOptions, 'apiKey' | 'revision'>> & {
  readonly apiKey: string | undefined;
  revision: string | null;
};

export function settingsOf(options: TeiOptions): Settings {
  const serves = options.serves ?? 'embeddings';
  return {
    serves,
    model:
      options.model ??
      (serves === 'embeddings' ? 'intfloat/multilingual-e5-small' : 'BAAI/bge-reranker-base'),
    revision:
      options.revision === undefined
        ? 'fca14538aa9956a46526bd1d0d11d69e19b5a101'
        : options.revision,
    dimensions: options.dimensions ?? 384,
    maxClientBatchSize: options.maxClientBatchSize ?? 32,
    oversized: options.oversized ?? 422,
    payloadLimit: options.payloadLimit ?? 2_000_000,
    maxInputLength: options.maxInputLength ?? 512,
    autoTruncate: options.autoTruncate ?? true,
    prompts: options.prompts ?? {},
    maxConcurrentRequests: options.maxConcurrentRequests ?? 512,
    apiKey: options.apiKey,
  };
}

export function info(settings: Settings): object {
  const pooled = { embedding: { pooling: 'mean' } };
  const classifier = { reranker: { id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } } };
  return {
    model_id: settings.model,
    model_sha: settings.revision,
    model_dtype: 'float16',
    served_model_name: settings.model,
    model_type: settings.serves === 'embeddings' ? pooled : classifier,
    max_concurrent_requests: settings.maxConcurrentRequests,
    max_input_length: settings.maxInputLength,
    max_batch_tokens: 16_384,
    max_batch_requests: null,
    max_client_batch_size: settings.maxClientBatchSize,
    auto_truncate: settings.autoTruncate,
    tokenization_workers: 2,
    version: '1.9.3',
    sha: '0d124dc',
    docker_label: 'sha-0d124dc',
  };
}
