import { z } from 'zod';
import type { Profile } from './profile.ts';

export const tgiInfo = z.object({
  model_id: z.string(),
  model_sha: z.string().nullish(),
  max_total_tokens: z.number().int().positive(),
});
const tokenized = z.object({ tokenize_response: z.array(z.unknown()) });

/** Hugging Face's Text Generation Inference. */
export const tgi: Profile = {
  engine: 'tgi',
  healthPath: '/health',
  async read(ask) {
    const info = await ask({ path: '/info', schema: tgiInfo });
    return {
      model: info.model_id,
      revision: info.model_sha ?? null,
      contextTokens: info.max_total_tokens,
      // Given at its start and told to nobody: an unknown one is the base, in silence. The adapter probe finds out.
      adapters: null,
    };
  },
  // Any other name than this is taken for an adapter's.
  select: (_served, adapter) => ({ model: adapter ?? 'tgi' }),
  // Not OpenAI's shape; `json` is understood by older versions too, `json_schema` only by the latest.
  format: ({ schema }) => ({ type: 'json', value: schema }),
  async count(ask, _served, messages) {
    const body = { model: 'tgi', messages };
    const { tokenize_response: tokens } = await ask({
      path: '/chat_tokenize',
      body,
      schema: tokenized,
    });
    return tokens.length;
  },
};
