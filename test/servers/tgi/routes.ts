import { tokenize } from '../models/tokens.ts';
import type { Settings } from './settings.ts';
import { adapterNames } from './settings.ts';
import { templated } from './template.ts';
import type { ChatMessage } from './types.ts';

type Route = (settings: Settings, body: Record<string, unknown>) => unknown;

/** What each engine tells of itself and counts, by `METHOD /path`; chat is the same path everywhere. */
export function routesOf(settings: Settings): ReadonlyMap<string, Route> {
  const { engine, tokenizer } = settings;
  const told: Record<string, Route> = { ...TOLD[engine], ...(tokenizer ? COUNTED[engine] : {}) };
  return new Map(Object.entries(told));
}

/** What is said where there is no route. */
export function noRoute({ engine }: Settings): unknown {
  if (engine !== 'llamacpp') return '';
  return { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } };
}

/** Whether a route asks for the key, where there is one. */
export function guarded({ engine }: Settings, path: string): boolean {
  switch (engine) {
    case 'tgi':
      return path === '/v1/chat/completions' || path === '/tokenize';
    case 'vllm':
    case 'openai-compatible':
      return path.startsWith('/v1/');
    case 'ollama':
      return false;
    default:
      return !path.startsWith('/health');
  }
}

const CREATED = 1_790_000_000;

const models =
  (more: (settings: Settings) => object = () => ({})): Route =>
  (settings) => ({
    object: 'list',
    data: [{ id: settings.model, object: 'model', created: CREATED, ...more(settings) }],
  });

const TOLD: Record<Settings['engine'], Record<string, Route>> = {
  tgi: {
    'GET /info': (settings) => ({
      model_id: settings.model,
      model_sha: settings.revision,
      model_pipeline_tag: 'text-generation',
      max_concurrent_requests: settings.maxConcurrentRequests,
      max_best_of: 2,
      max_stop_sequences: 4,
      max_input_tokens: settings.maxTotalTokens - 1,
      max_total_tokens: settings.maxTotalTokens,
      validation_workers: 2,
      max_client_batch_size: 4,
      router: 'text-generation-router',
      version: '3.3.7',
      sha: 'db931fcf',
      docker_label: 'sha-db931fc',
    }),
    'GET /health': () => '',
    // Adapters are not listed.
    'GET /v1/models': models(({ model }) => ({ owned_by: model })),
    'GET /metrics': () => '# TYPE tgi_queue_size gauge\ntgi_queue_size 0\n',
  },
  vllm: {
    'GET /health': () => '',
    'GET /version': () => ({ version: '0.11.0' }),
    'GET /v1/models': (settings) => {
      const card = (id: string, more: object) => ({
        id,
        object: 'model',
        created: CREATED,
        owned_by: 'vllm',
        root: settings.model,
        parent: null,
        max_model_len: settings.maxTotalTokens,
        ...more,
      });
      const adapters = adapterNames(settings).map((name) =>
        card(name, { root: `/adapters/${name}`, parent: settings.model, max_model_len: null }),
      );
      return { object: 'list', data: [card(settings.model, {}), ...adapters] };
    },
  },
  sglang: {
    'GET /health': () => '',
    'GET /get_model_info': ({ model }) => ({
      model_path: model,
      tokenizer_path: model,
      is_generation: true,
    }),
    'GET /v1/models': models(({ model, maxTotalTokens }) => ({
      owned_by: 'sglang',
      root: model,
      max_model_len: maxTotalTokens,
    })),
  },
  llamacpp: {
    'GET /health': () => ({ status: 'ok' }),
    'GET /props': ({ model, maxTotalTokens }) => ({
      default_generation_settings: { n_ctx: maxTotalTokens },
      total_slots: 4,
      model_alias: model,
      model_path: model,
      build_info: 'b7000-abcdef0',
    }),
    'GET /v1/models': models(({ model, maxTotalTokens }) => ({
      aliases: [model],
      owned_by: 'llamacpp',
      meta: { n_ctx: maxTotalTokens, n_ctx_train: maxTotalTokens * 4 },
    })),
    'GET /lora-adapters': (settings) =>
      adapterNames(settings).map((name, id) => ({ id, path: `/adapters/${name}.gguf`, scale: 1 })),
  },
  ollama: {
    'GET /': () => 'Ollama is running',
    'GET /api/version': () => ({ version: '0.12.6' }),
    'GET /v1/models': (settings) => ({
      object: 'list',
      data: [settings.model, ...adapterNames(settings)].map((id) => ({
        id,
        object: 'model',
        created: CREATED,
        owned_by: 'library',
      })),
    }),
  },
  'openai-compatible': {
    'GET /v1/models': models(() => ({ owned_by: 'someone' })),
  },
};

const COUNTED: Partial<Record<Settings['engine'], Record<string, Route>>> = {
  tgi: {
    'POST /chat_tokenize': (_, body) => {
      const text = templated(body['messages'] as ChatMessage[]);
      return { tokenize_response: tokenize(text), templated_text: text };
    },
    'POST /tokenize': (_, body) => tokenize(String(body['inputs'])),
  },
  vllm: {
    'POST /tokenize': ({ maxTotalTokens }, body) => {
      const messages = body['messages'] as ChatMessage[] | undefined;
      const tokens = tokenize(messages ? templated(messages) : String(body['prompt']));
      const ids = tokens.map(({ id }) => id);
      return { count: ids.length, max_model_len: maxTotalTokens, tokens: ids, token_strs: null };
    },
  },
  llamacpp: {
    'POST /apply-template': (_, body) => ({ prompt: templated(body['messages'] as ChatMessage[]) }),
    'POST /tokenize': (_, body) => ({
      tokens: tokenize(String(body['content'] ?? '')).map(({ id }) => id),
    }),
    'POST /v1/chat/completions/input_tokens': (_, body) => {
      const tokens = tokenize(templated(body['messages'] as ChatMessage[]));
      return { input_tokens: tokens.length, object: 'response.input_tokens' };
    },
  },
};
