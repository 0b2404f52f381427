import type { Environment } from '../../pipelines/environment.ts';
import { type ServedMaking, servedMaking } from '../../pipelines/feature/served-making.ts';
import type { Embedder } from '../../pipelines/serving/embed/port.ts';
import type { LanguageModel } from '../../pipelines/serving/language-model/port.ts';
import { embedderOf, languageModelOf, rerankerOf } from '../../pipelines/serving/open.ts';
import type { ServedReranker } from '../../pipelines/serving/rerank/tei.ts';
import type { EmbeddedStores } from '../../pipelines/stores/open.ts';

/** The model servers that are named, each of them asked whether it is there. */
export type Servers = ServedMaking & {
  readonly llm: LanguageModel | null;
  readonly embedder: Embedder | null;
  readonly reranker: ServedReranker | null;
  close(): Promise<void>;
};

type Wanted = Pick<Environment, 'llm' | 'embed' | 'embedder' | 'rerank' | 'headers'>;

/** @throws the first failure, when all were asked and what did open is closed again */
export async function openServers(
  wanted: Wanted,
  { embeddings, headerStore }: Pick<EmbeddedStores, 'embeddings' | 'headerStore'>,
): Promise<Servers> {
  const { llm, rerank } = wanted;
  const opening = [
    llm ? languageModelOf(llm) : null,
    embedderOf(wanted, embeddings),
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
    ...servedMaking(wanted, model, headerStore),
    close,
  };
}
