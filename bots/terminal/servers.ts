import type { Environment } from '../../pipelines/environment.ts';
import { type FeaturePipeline, servedPace } from '../../pipelines/feature/sync.ts';
import type { Embedder } from '../../pipelines/serving/embed/port.ts';
import type { LanguageModel } from '../../pipelines/serving/language-model/port.ts';
import { embedderOf, languageModelOf, rerankerOf } from '../../pipelines/serving/open.ts';
import type { ServedReranker } from '../../pipelines/serving/rerank/tei.ts';
import type { EmbeddedStores } from '../../pipelines/stores/open.ts';

/** The model servers that are named, each of them asked whether it is there. */
export type Servers = {
  readonly llm: LanguageModel | null;
  readonly embedder: Embedder | null;
  readonly reranker: ServedReranker | null;
  readonly headers: NonNullable<FeaturePipeline['headers']> | null;
  readonly pace: NonNullable<FeaturePipeline['pace']>;
  close(): Promise<void>;
};

type Wanted = Pick<Environment, 'llm' | 'embed' | 'embedder' | 'rerank' | 'headers'>;

/** @throws the first failure, when all were asked and what did open is closed again */
export async function openServers(
  { llm, embed, embedder, rerank, headers }: Wanted,
  { embeddings, headerStore }: Pick<EmbeddedStores, 'embeddings' | 'headerStore'>,
): Promise<Servers> {
  const opening = [
    llm ? languageModelOf(llm) : null,
    embedderOf({ embed, embedder }, embeddings),
    rerank ? rerankerOf(rerank) : null,
  ] as const;
  const opened = await Promise.allSettled(opening);
  const close = async () => {
    for (const each of opened) if (each.status === 'fulfilled') await each.value?.close();
  };
  const failed = opened.find((each) => each.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  const [model, vectors, reranker] = await Promise.all(opening);
  return {
    llm: model,
    embedder: vectors,
    reranker,
    headers: headers && model ? { model, store: headerStore, prices: llm?.prices ?? null } : null,
    pace: embed || headers ? servedPace : {},
    close,
  };
}
