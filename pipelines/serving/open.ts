import type { EmbeddingCache } from '../stores/embeddings/port.ts';
import { cachedEmbedder } from './embed/cached.ts';
import { openOnnxEmbedder } from './embed/onnx.ts';
import { openEmbedderFrom } from './embed/open.ts';
import type { Embedder } from './embed/port.ts';
import type {
  EmbeddingEnvironment,
  LanguageModelEnvironment,
  ServerSettings,
} from './environment.ts';
import { routerUrl } from './language-model/engines/hf-providers.ts';
import { openLanguageModel } from './language-model/open.ts';
import type { LanguageModel } from './language-model/port.ts';
import { openTeiReranker, type ServedReranker } from './rerank/tei.ts';

const endpointsOf = ({ urls, token }: ServerSettings) =>
  urls.map((url) => ({ url, ...(token !== undefined && { token }) }));

/** The chat model as the environment names it. @throws as `openLanguageModel` does */
export async function languageModelOf(
  llm: LanguageModelEnvironment,
  signal?: AbortSignal,
): Promise<LanguageModel> {
  const { engine, model, adapter, contextTokens, prices, concurrency, queue, firstWordsMs } = llm;
  const endpoints =
    llm.urls.length > 0 ? endpointsOf(llm) : endpointsOf({ ...llm, urls: [routerUrl] });
  return await openLanguageModel(
    {
      endpoints,
      ...(engine && { engine }),
      ...(model !== undefined && { model }),
      ...(adapter !== undefined && { adapter }),
      ...(contextTokens !== undefined && { contextTokens }),
      ...(prices && { prices }),
      limits: {
        ...(concurrency !== undefined && { concurrency }),
        ...(queue !== undefined && { queue }),
        // Whoever waits longer for words lets the server take longer for them.
        ...(firstWordsMs !== undefined && { firstMs: Math.max(30_000, firstWordsMs) }),
      },
    },
    signal,
  );
}

/** The embedder as the environment names it, behind what it computed before; null for none. */
export async function embedderOf(
  {
    embedder: folder,
    embed,
  }: {
    /** Of a local ONNX model. */
    readonly embedder: string | undefined;
    readonly embed: EmbeddingEnvironment | null;
  },
  cache: EmbeddingCache,
  signal?: AbortSignal,
): Promise<Embedder | null> {
  if (folder !== undefined) return cachedEmbedder(await openOnnxEmbedder(folder), cache);
  if (embed === null) return null;
  const { urls: _, token: __, ...named } = embed;
  return cachedEmbedder(
    await openEmbedderFrom({ ...named, endpoints: endpointsOf(embed) }, signal),
    cache,
  );
}

/** The reranking server as the environment names it. */
export async function rerankerOf(
  rerank: ServerSettings,
  signal?: AbortSignal,
): Promise<ServedReranker> {
  return await openTeiReranker({ endpoints: endpointsOf(rerank) }, signal);
}
