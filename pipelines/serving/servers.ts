import type { EmbeddingCache } from '../stores/embeddings/port.ts';
import type { Embedder } from './embed/port.ts';
import type { ServingEnvironment } from './environment.ts';
import type { LanguageModel } from './language-model/port.ts';
import { embedderOf, languageModelOf, rerankerOf } from './open.ts';
import type { ServedReranker } from './rerank/tei.ts';

/** The model servers that are named, each of them asked whether it is there. */
export type ModelServers = {
  readonly llm: LanguageModel | null;
  readonly embedder: Embedder | null;
  readonly reranker: ServedReranker | null;
  close(): Promise<void>;
};

export type WantedServers = Pick<ServingEnvironment, 'llm' | 'embed' | 'rerank'> & {
  /** Folder of a local ONNX embedding model. */
  readonly embedder: string | undefined;
};

/** @throws the first failure, when all were asked and what did open is closed again */
export async function openModelServers(
  wanted: WantedServers,
  embeddings: EmbeddingCache,
): Promise<ModelServers> {
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
  const [model, embedder, reranker] = await Promise.all(opening);
  return { llm: model, embedder, reranker, close };
}
