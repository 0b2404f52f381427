import { z } from 'zod';
import { PermanentError } from '../../../stores/errors.ts';
import { modelList, theModel } from './models.ts';
import { orWithout } from './optional.ts';
import { openAiFormat, type Profile } from './profile.ts';

/** GET /props; `n_ctx` is what one slot has. */
export const llamacppProps = z.object({
  default_generation_settings: z.object({ n_ctx: z.number().int().positive() }),
});
const adapterList = z.array(z.object({ id: z.number().int(), path: z.string() }));
const templated = z.object({ prompt: z.string() });
const tokenized = z.object({ tokens: z.array(z.unknown()) });

export const llamacpp: Profile = {
  engine: 'llamacpp',
  healthPath: '/health',
  async read(ask, wanted) {
    const [props, { data }, adapters] = await Promise.all([
      ask({ path: '/props', schema: llamacppProps }),
      ask({ path: '/v1/models', schema: modelList }),
      orWithout(ask({ path: '/lora-adapters', schema: adapterList }), []),
    ]);
    return {
      model: theModel(data, wanted).id,
      revision: null,
      contextTokens: props.default_generation_settings.n_ctx,
      // By number: a request names them so. What has a number has a name here too.
      adapters: adapters.toSorted((a, b) => a.id - b.id).map(({ path }) => nameOf(path)),
    };
  },
  select({ model, adapters }, adapter) {
    const names = adapters ?? [];
    if (adapter !== null && !names.includes(adapter)) {
      throw new PermanentError(`The llama.cpp server has no adapter ${adapter}.`, {
        code: 'chat.no-adapter',
        hint: 'Start it with --lora and the adapter’s GGUF file; the adapter’s name is the file’s, without .gguf.',
      });
    }
    if (names.length === 0) return { model };
    // Those that a request does not list keep the scale they have: the base needs all of them off.
    return { model, lora: names.map((name, id) => ({ id, scale: name === adapter ? 1 : 0 })) };
  },
  format: openAiFormat,
  async count(ask, _served, messages) {
    const { prompt } = await ask({
      path: '/apply-template',
      body: { messages },
      schema: templated,
    });
    const body = { content: prompt, add_special: true, parse_special: true };
    return (await ask({ path: '/tokenize', body, schema: tokenized })).tokens.length;
  },
};

const nameOf = (path: string) =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).replace(/\.gguf$/iu, '');
