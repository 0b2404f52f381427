import { z } from 'zod';
import { modelList, theModel } from './models.ts';
import { orWithout } from './optional.ts';
import { openAiFormat, type Profile } from './profile.ts';

const tagList = z.object({
  models: z.array(z.object({ name: z.string(), digest: z.string().nullish() })),
});
const loadedList = z.object({
  models: z.array(z.object({ name: z.string(), context_length: z.number().int().nullish() })),
});
const shown = z.object({
  parameters: z.string().nullish(),
  model_info: z.record(z.string(), z.unknown()).nullish(),
});

/** What Ollama gives a model that says nothing, whatever it was trained for; beyond it cuts the prompt in silence. */
const usualContext = 4_096;

export const ollama: Profile = {
  engine: 'ollama',
  healthPath: '/',
  async read(ask, wanted) {
    const { data } = await ask({ path: '/v1/models', schema: modelList });
    const { id: model } = theModel(data, wanted);
    const [tags, loaded, about] = await Promise.all([
      orWithout(ask({ path: '/api/tags', schema: tagList }), { models: [] }),
      orWithout(ask({ path: '/api/ps', schema: loadedList }), { models: [] }),
      orWithout(ask({ path: '/api/show', body: { model }, schema: shown }), {}),
    ]);
    return {
      model,
      revision: tags.models.find(({ name }) => name === model)?.digest ?? null,
      contextTokens: contextOf(
        about,
        loaded.models.find(({ name }) => name === model)?.context_length ?? null,
      ),
      adapters: data.map(({ id }) => id).filter((id) => id !== model),
    };
  },
  // An adapter is made into a model of its own there, with a name of its own.
  select: ({ model }, adapter) => ({ model: adapter ?? model }),
  format: openAiFormat,
  count: null,
};

/** As loaded now; else as its Modelfile wants it; else the usual one, within what it was trained for. */
function contextOf(about: z.infer<typeof shown>, loaded: number | null): number {
  if (loaded) return loaded;
  const wanted = /^num_ctx\s+(\d+)/mu.exec(about.parameters ?? '')?.[1];
  if (wanted) return Number(wanted);
  const trained = Object.entries(about.model_info ?? {}).find(([key]) =>
    key.endsWith('.context_length'),
  )?.[1];
  return typeof trained === 'number' ? Math.min(trained, usualContext) : usualContext;
}
