import { describe, expect, test } from 'vitest';
import { ollama } from '../../../../pipelines/serving/language-model/engines/ollama.ts';
import type { Ask } from '../../../../pipelines/serving/language-model/engines/profile.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';

/** Ollama's own routes, which say more than those it shares with the others. */
function answering(routes: Readonly<Record<string, unknown>>): Ask {
  return async ({ path, schema }) => {
    const told = routes[path];
    if (told instanceof Error) throw told;
    if (told === undefined) throw new PermanentError('No.', { code: 'chat.not-found' });
    return schema.parse(told);
  };
}
const name = 'llama3.2:latest';
const models = { data: [{ id: name }, { id: 'ada:latest' }] };
const about = (parameters: string | undefined, trained: number) => ({
  parameters,
  model_info: { 'general.architecture': 'llama', 'llama.context_length': trained },
});

describe('how much Ollama takes', () => {
  test.each([
    [
      'as loaded now',
      { models: [{ name, context_length: 32_768 }] },
      about(undefined, 131_072),
      32_768,
    ],
    ['as its Modelfile wants', { models: [] }, about('stop "x"\nnum_ctx   16384', 131_072), 16_384],
    [
      'else its usual, not what it was trained for',
      { models: [] },
      about(undefined, 131_072),
      4_096,
    ],
    ['unless that is less', { models: [] }, about('temperature 1', 2_048), 2_048],
    ['also where it does not say', undefined, undefined, 4_096],
  ])('%s', async (_when, loaded, shown, expected) => {
    const ask = answering({ '/v1/models': models, '/api/ps': loaded, '/api/show': shown });
    expect((await ollama.read(ask, name)).contextTokens).toBe(expected);
  });
});

test('a model is found by its name without the tag, and pinned by its digest', async () => {
  const tags = { models: [{ name, digest: 'sha256:abc' }] };
  const ask = answering({ '/v1/models': models, '/api/tags': tags });
  expect(await ollama.read(ask, 'llama3.2')).toEqual({
    model: name,
    revision: 'sha256:abc',
    contextTokens: 4_096,
    adapters: ['ada:latest'],
  });
});

test('a server that is down is not taken for one that does not say', async () => {
  const down = new TransientError('It is down.', { code: 'chat.down' });
  const ask = answering({ '/v1/models': models, '/api/show': down });
  await expect(ollama.read(ask, name)).rejects.toBe(down);
});
