import { z } from 'zod';
import { PermanentError } from '../../stores/errors.ts';
import type { Attempt } from '../endpoints/port.ts';
import { requestJson } from '../endpoints/request.ts';
import { openFeatureExtraction } from './feature-extraction.ts';
import { openLanes } from './lanes.ts';
import type { NamedEmbedding } from './named.ts';
import { openOpenAiEmbedder } from './openai.ts';
import type { Embedder } from './port.ts';
import { asker, type EmbeddingServer } from './settings.ts';
import { openTeiEmbedder } from './tei.ts';

export type AnyEmbedding = EmbeddingServer &
  Partial<Pick<NamedEmbedding, 'model' | 'maxTokens' | 'maxTexts'>>;

type Kind = 'tei' | 'openai' | 'feature-extraction';

/**
 * Embedder on whatever answers: TEI tells all of itself at `/info`; a server with `/v1/models` speaks the OpenAI
 * route; anything else is asked for feature extraction. All but TEI have to be named and pinned by the settings.
 *
 * @throws PermanentError `embed.unnamed` where a name or revision is missing, and as the adapters do
 */
export async function openEmbedderFrom(
  settings: AnyEmbedding,
  signal?: AbortSignal,
): Promise<Embedder> {
  const endpoints = settings.endpoints.map((endpoint) => ({
    ...endpoint,
    url: endpoint.url
      .trim()
      .replace(/\/+$/u, '')
      .replace(/\/v1(?:\/embeddings)?$/u, ''),
  }));
  const rooted = { ...settings, endpoints };
  const kind = await kindOf(rooted, signal);
  if (kind === 'tei') return await openTeiEmbedder(rooted, signal);
  const named = { ...rooted, ...nameOf(settings) };
  return kind === 'openai'
    ? await openOpenAiEmbedder(named, signal)
    : await openFeatureExtraction(named, signal);
}

async function kindOf(settings: EmbeddingServer, signal?: AbortSignal): Promise<Kind> {
  const lanes = openLanes(settings, null);
  try {
    return await lanes.passage.call(signal ? { signal } : {}, async (attempt) => {
      if (await knows(attempt, '/info', z.object({ model_type: z.unknown() }))) return 'tei';
      const models = z.object({ data: z.array(z.unknown()) });
      return (await knows(attempt, '/v1/models', models)) ? 'openai' : 'feature-extraction';
    });
  } finally {
    await lanes.close();
  }
}

/** Whether the route is there and answers as it should; a server that fails or wants a token is no answer to that. */
async function knows(attempt: Attempt, path: string, schema: z.ZodType): Promise<boolean> {
  try {
    await requestJson(attempt, { ...asker, path, schema });
    return true;
  } catch (error) {
    if (error instanceof PermanentError && error.code !== 'embed.unauthorised') return false;
    throw error;
  }
}

function nameOf({ model, revision }: AnyEmbedding): { model: string; revision: string } {
  if (model && revision) return { model, revision };
  throw new PermanentError(
    'The embedding server does not say which model it serves, at which revision.',
    {
      code: 'embed.unnamed',
      hint: 'Set EMBED_MODEL to its name and EMBED_REVISION to what tells its weights from others (a commit or digest); vectors of two models must never meet in one index.',
    },
  );
}
