import { z } from 'zod';
import { PermanentError } from '../../stores/errors.ts';
import type { Clock } from '../endpoints/clock.ts';
import { failureOf } from '../endpoints/failure.ts';
import type { Endpoint } from '../endpoints/port.ts';
import { routerUrl } from './engines/hf-providers.ts';
import { llamacppProps } from './engines/llamacpp.ts';
import { modelList } from './engines/models.ts';
import { tgiInfo } from './engines/tgi.ts';
import { look, type Seen } from './look.ts';
import type { Engine } from './port.ts';
import { code, service } from './settings.ts';

const paths = {
  info: '/info',
  props: '/props',
  sglang: '/get_model_info',
  ollama: '/api/version',
  models: '/v1/models',
} as const;
const sglangInfo = z.object({ model_path: z.string() });
const ollamaVersion = z.object({ version: z.string() });
const embeddingInfo = z.object({ model_id: z.string(), max_input_length: z.number() });

/**
 * Which engine answers, by the routes that only it has.
 *
 * @throws PermanentError `chat.not-a-model` for a server of another kind, `chat.unauthorised`; TransientError
 *   `chat.down` where nothing answers
 */
export async function detectEngine(
  endpoint: Endpoint,
  options: { readonly clock: Clock; readonly limitMs: number; readonly signal?: AbortSignal },
): Promise<Engine> {
  if (new URL(endpoint.url).host === new URL(routerUrl).host) return 'hf-providers';
  const look_ = (path: string) => look(endpoint, path, options);
  const [info, props, sglang, ollama, models] = await Promise.all([
    look_(paths.info),
    look_(paths.props),
    look_(paths.sglang),
    look_(paths.ollama),
    look_(paths.models),
  ]);
  const cards = modelList.safeParse(models.body).data?.data;
  const owned = (by: string) => cards?.some((card) => card.owned_by === by) ?? false;

  if (fits(info, tgiInfo)) return 'tgi';
  if (owned('llamacpp') || fits(props, llamacppProps)) return 'llamacpp';
  if (owned('sglang') || fits(sglang, sglangInfo)) return 'sglang';
  if (owned('vllm')) return 'vllm';
  if (cards && fits(ollama, ollamaVersion)) return 'ollama';
  if (cards) return 'openai-compatible';
  throw notAModel(endpoint, [models, info, props, sglang, ollama]);
}

function fits({ body }: Seen, schema: z.ZodType): boolean {
  return schema.safeParse(body).success;
}

function notAModel({ url }: Endpoint, [models, info, ...others]: readonly [Seen, Seen, ...Seen[]]) {
  const all = [models, info, ...others];
  const silent = all.every(({ failure }) => failure !== null);
  if (silent && models.failure) return models.failure;
  const { status } = models;
  // A key that is missing, or a server that is still loading: that it is one is not in doubt.
  if (status !== null && (status === 401 || status === 403 || status === 429 || status >= 500)) {
    return failureOf(
      `${service} at ${url}`,
      code,
      status,
      models.body,
      models.headers ?? undefined,
    );
  }
  const embeds = fits(info, embeddingInfo);
  return new PermanentError(
    `What answers at ${url} is ${embeds ? 'an embedding server, not a chat model' : 'not a model server that is known here'}.`,
    {
      code: `${code}.not-a-model`,
      hint: embeds
        ? 'Set it as the address for embeddings, and a TGI, vLLM, SGLang, llama.cpp or Ollama server here.'
        : 'Check the address; for a server without GET /v1/models name its engine and model.',
    },
  );
}
