import { z } from 'zod';
import { PermanentError } from '../../stores/errors.ts';
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
    const request = { ...asker, path: '/v1/embeddings', body, schema };
    const { data } = await requestJson(attempt, request).catch((error: unknown) => {
      throw aboutLength(error, texts.length);
    });
    return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
  };
  return await openNamedEmbedder(settings, ask, signal);
}

/** llama.cpp, by which of its two limits is met first; vLLM and OpenAI; Ollama. */
const length =
  /too large to process|larger than the max context size|maximum context length|exceeds? the (?:available )?context/iu;

/**
 * Lengths are estimated, and a text may be longer than that: German is twice as long to an English tokeniser. llama.cpp
 * calls it a failure of its own (500), which would be tried again and then held against the server.
 */
function aboutLength(error: unknown, texts: number): unknown {
  if (!(error instanceof Error) || !length.test(error.message)) return error;
  const code = texts === 1 ? 'embed.too-long' : 'embed.refused';
  return new PermanentError(error.message, { code, cause: error });
}
