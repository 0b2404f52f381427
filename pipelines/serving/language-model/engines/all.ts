import type { Engine } from '../port.ts';
import { hfProviders } from './hf-providers.ts';
import { llamacpp } from './llamacpp.ts';
import { ollama } from './ollama.ts';
import { openAiCompatible } from './openai-compatible.ts';
import type { Profile } from './profile.ts';
import { sglang } from './sglang.ts';
import { tgi } from './tgi.ts';
import { vllm } from './vllm.ts';

export const profiles: Readonly<Record<Engine, Profile>> = {
  tgi,
  vllm,
  sglang,
  llamacpp,
  ollama,
  'hf-providers': hfProviders,
  'openai-compatible': openAiCompatible,
};
