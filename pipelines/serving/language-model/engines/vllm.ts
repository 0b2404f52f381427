import { z } from 'zod';
import { modelList, theBase } from './models.ts';
import { openAiFormat, type Profile } from './profile.ts';

const counted = z.object({ count: z.number().int().nonnegative() });

export const vllm: Profile = {
  engine: 'vllm',
  healthPath: '/health',
  async read(ask, wanted) {
    const { data } = await ask({ path: '/v1/models', schema: modelList });
    const { base, adapters } = theBase(data, wanted);
    return {
      model: base.id,
      revision: null,
      contextTokens: base.max_model_len ?? null,
      adapters,
    };
  },
  select: ({ model }, adapter) => ({ model: adapter ?? model }),
  format: openAiFormat,
  async count(ask, { model }, messages) {
    const body = { model, messages, add_generation_prompt: true };
    return (await ask({ path: '/tokenize', body, schema: counted })).count;
  },
};
