import { z } from 'zod';
import { PermanentError } from '../../../stores/errors.ts';
import type { Ask, Served } from './profile.ts';

const tokens = z.number().int().positive();

/** GET /v1/models: the fields of OpenAI, and what vLLM, SGLang and llama.cpp add. */
export const modelList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      owned_by: z.string().nullish(),
      root: z.string().nullish(),
      parent: z.string().nullish(),
      max_model_len: tokens.nullish(),
    }),
  ),
});
type ModelCard = z.infer<typeof modelList>['data'][number];

/**
 * The one that is meant: the named one, or the only one.
 *
 * @throws PermanentError `chat.no-model`
 */
export function theModel<T extends { readonly id: string }>(
  cards: readonly T[],
  wanted: string | null,
): T {
  const names = cards.map(({ id }) => id);
  const shown =
    names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
  if (wanted !== null) {
    const found = cards.find(({ id }) => id === wanted || id === `${wanted}:latest`);
    if (found) return found;
    throw new PermanentError(
      `The model server has no model ${wanted}${names.length > 0 ? `, only ${shown}` : ''}.`,
      { code: 'chat.no-model', hint: 'Name one that it serves, or load this one there.' },
    );
  }
  const [only, another] = cards;
  if (only && !another) return only;
  throw new PermanentError(
    only
      ? `The model server serves several models: ${shown}.`
      : 'The model server serves no model at all.',
    {
      code: 'chat.no-model',
      hint: only ? 'Name the one that is to be used.' : 'Load one there first.',
    },
  );
}

/**
 * What a server says that lists its adapters beside their base, as vLLM and SGLang do.
 *
 * @throws PermanentError `chat.no-model`
 */
export async function readBase(
  ask: Ask,
  wanted: string | null,
): Promise<Served & { readonly adapters: readonly string[] }> {
  const { data } = await ask({ path: '/v1/models', schema: modelList });
  const { base, adapters } = theBase(data, wanted);
  return { model: base.id, revision: null, contextTokens: base.max_model_len ?? null, adapters };
}

/** The base model among its adapters, which name it as their parent. It may have several names: they share its root. */
function theBase(
  cards: readonly ModelCard[],
  wanted: string | null,
): { readonly base: ModelCard; readonly adapters: readonly string[] } {
  const bases = cards.filter(({ parent }) => !parent);
  const [first] = bases;
  const aliases = first?.root && bases.every(({ root }) => root === first.root);
  return {
    base: wanted === null && first && aliases ? first : theModel(bases, wanted),
    adapters: cards.filter(({ parent }) => parent).map(({ id }) => id),
  };
}
