import { z } from 'zod';
import type { Attempt } from '../endpoints/port.ts';
import { requestJson } from '../endpoints/request.ts';
import { type NamedEmbedding, openNamedEmbedder } from './named.ts';
import type { Embedder } from './port.ts';
import { asker } from './settings.ts';

const schema = z.object({
  data: z.array(z.object({ index: z.int().nonnegative(), embedding: z.unknown() })),
});

/**
 * Embedder on the OpenAI route (`POST /v1/embeddings`): vLLM, llama.cpp, Ollama. None of them says which weights it has,
 * and Ollama cuts long texts in silence, so `maxTokens` has to be what the model really takes.
 *
 * @throws PermanentError `embed.misunderstood` where the endpoint is of another kind; TransientError `embed.down`
 */
export async function openOpenAiEmbedder(
  settings: NamedEmbedding,
  signal?: AbortSignal,
): Promise<Embedder> {
  const ask = async (attempt: Attempt, texts: readonly string[]): Promise<unknown> => {
    const body = { model: settings.model, input: texts, encoding_format: 'float' };
    const { data } = await requestJson(attempt, { ...asker, path: '/v1/embeddings', body, schema });
    return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
  };
  return await openNamedEmbedder(settings, ask, signal);
}
