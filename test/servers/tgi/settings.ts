import type { Engine, TgiOptions } from './types.ts';

/** The options, with what stands for an absent one. */
export type Settings = Required<Omit<TgiOptions, 'apiKey' | 'reply'>> & {
  readonly apiKey: string | undefined;
};

export function settingsOf(options: TgiOptions): Settings {
  return {
    engine: options.engine ?? 'tgi',
    model: options.model ?? MODELS[options.engine ?? 'tgi'],
    revision:
      options.revision === undefined
        ? '0e9e39f249a16976918f6564b8830bc894c89659'
        : options.revision,
    voice: options.voice ?? 'base',
    adapters: options.adapters ?? [],
    apiKey: options.apiKey,
    maxTotalTokens: options.maxTotalTokens ?? 8_192,
    maxConcurrentRequests: options.maxConcurrentRequests ?? 128,
    tokenizer: options.tokenizer ?? true,
    usage: options.usage ?? true,
  };
}

/** Servers started on a folder or a file name the model by its path: clients must not take that for an address. */
const MODELS: Readonly<Record<Engine, string>> = {
  tgi: 'meta-llama/Llama-3.1-8B-Instruct',
  vllm: '/models/llama-3.1-8b-instruct',
  sglang: '/models/llama-3.1-8b-instruct',
  llamacpp: '/models/llama-3.1-8b-instruct-q4.gguf',
  ollama: 'llama3.1:8b',
  'openai-compatible': 'llama-3.1-8b-instruct',
};

export function adapterNames({ adapters }: Settings): readonly string[] {
  return adapters.map((adapter) => (typeof adapter === 'string' ? adapter : adapter.name));
}

/** Which weights an adapter's name stands for. */
export function voiceOf({ adapters, voice }: Settings, name: string | null): string {
  if (name === null) return voice;
  const adapter = adapters.find((one) => typeof one !== 'string' && one.name === name);
  return typeof adapter === 'object' ? (adapter.voice ?? voice) : `${voice}+${name}`;
}
