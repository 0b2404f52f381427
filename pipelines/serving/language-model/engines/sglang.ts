import { readBase } from './models.ts';
import { openAiFormat, type Profile } from './profile.ts';

export const sglang: Profile = {
  engine: 'sglang',
  // `/health_generate` would have the model write a token each time.
  healthPath: '/health',
  async read(ask, wanted) {
    const served = await readBase(ask, wanted);
    // Older versions do not list them.
    return { ...served, adapters: served.adapters.length > 0 ? served.adapters : null };
  },
  select: ({ model }, adapter) => ({ model: adapter === null ? model : `${model}:${adapter}` }),
  format: openAiFormat,
  // Its tokenizer route takes a text, not messages, and there is none for the template.
  count: null,
};
