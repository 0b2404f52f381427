import type { LanguageModel } from '../../serving/language-model/port.ts';
import type { Prices } from '../../serving/language-model/settings.ts';
import { type HeadersIdentity, headersRecipe } from '../../stores/features/manifest.ts';
import type { HeaderStore } from '../../stores/headers/port.ts';
import { promptHash } from './prompt.ts';

/** What it takes to have headers written. */
export type HeaderWriting = {
  readonly model: Pick<LanguageModel, 'identity' | 'contextTokens' | 'complete'>;
  readonly store: HeaderStore;
  /** For the estimate beforehand; null where nobody knows or pays. */
  readonly prices: Prices | null;
};

/** Model and prompt, as they stand in a feature set's manifest. Headers are written by the base, not in a twin's voice. */
export function headersIdentity({ model }: Pick<HeaderWriting, 'model'>): HeadersIdentity {
  const { engine, model: name, revision } = model.identity;
  return {
    model: `${engine}:${name}${revision === null ? '' : `@${revision}`}`,
    prompt: promptHash,
  };
}

/** What headers are stored under: another model or prompt writes others. */
export function recipeOfWriting(writing: Pick<HeaderWriting, 'model'>): string {
  return headersRecipe(headersIdentity(writing));
}
