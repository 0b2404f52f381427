import { modelList, theModel } from './models.ts';
import { orWithout } from './optional.ts';
import { openAiFormat, type Profile } from './profile.ts';

/** Anything else that speaks the protocol: only what all of them understand. */
export const openAiCompatible: Profile = {
  engine: 'openai-compatible',
  healthPath: null,
  async read(ask, wanted) {
    const listed = ask({ path: '/v1/models', schema: modelList });
    // Some list nothing; a model that is named is then taken at its word.
    const { data } = wanted === null ? await listed : await orWithout(listed, { data: [] });
    const card = wanted !== null && data.length === 0 ? { id: wanted } : theModel(data, wanted);
    return {
      model: card.id,
      revision: null,
      contextTokens: ('max_model_len' in card ? card.max_model_len : null) ?? null,
      adapters: null,
    };
  },
  select: ({ model }, adapter) => ({ model: adapter ?? model }),
  format: openAiFormat,
  count: null,
};
