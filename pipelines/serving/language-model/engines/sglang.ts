import { modelList, theBase } from './models.ts';
import { openAiFormat, type Profile } from './profile.ts';

export const sglang: Profile = {
  engine: 'sglang',
  // `/health_generate` would have the model write a token each time.
  healthPath: '/health',
  async read(ask, wanted) {
    const { data } = await ask({ path: '/v1/models', schema: modelList });
    const { base, adapters } = theBase(data, wanted);
    return {
      model: base.id,
      revision: null,
      contextTokens: base.max_model_len ?? null,
      // Older versions do not list them.
      adapters: adapters.length > 0 ? adapters : null,
    };
  },
  select: ({ model }, adapter) => ({ model: adapter === null ? model : `${model}:${adapter}` }),
  format: openAiFormat,
  // Its tokenizer route takes a text, not messages, and there is none for the template.
  count: null,
};
