import { z } from 'zod';
import { PermanentError } from '../../../stores/errors.ts';
import { theModel } from './models.ts';
import { openAiFormat, type Profile } from './profile.ts';

/** Where the router is. */
export const routerUrl = 'https://router.huggingface.co';

/** GET /v1/models of the router: who serves it, and how much of it. */
const routed = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      providers: z
        .array(
          z.object({
            provider: z.string(),
            status: z.string().nullish(),
            context_length: z.number().int().positive().nullish(),
          }),
        )
        .default([]),
    }),
  ),
});

/** Hugging Face's Inference Providers, through its router: a model is named `owner/name` or `owner/name:provider`. */
export const hfProviders: Profile = {
  engine: 'hf-providers',
  healthPath: null,
  async read(ask, wanted) {
    if (wanted === null) {
      throw new PermanentError('Inference Providers serve many models, and none is named.', {
        code: 'chat.no-model',
        hint: 'Name one, for example meta-llama/Llama-3.1-8B-Instruct, with :provider behind it to choose who serves it.',
      });
    }
    const [name = wanted, provider] = wanted.split(':');
    const { data } = await ask({ path: '/v1/models', schema: routed });
    const { providers } = theModel(data, name);
    // `fastest` and `cheapest` are policies, not providers: any of them may get it.
    const chosen = providers.filter((one) => one.provider === provider);
    const contexts = (chosen.length > 0 ? chosen : providers).flatMap(
      ({ context_length: tokens }) => tokens ?? [],
    );
    return {
      model: wanted,
      revision: null,
      contextTokens: contexts.length > 0 ? Math.min(...contexts) : null,
      adapters: null,
    };
  },
  select: ({ model }, adapter) => ({ model: adapter ?? model }),
  format: openAiFormat,
  count: null,
};
