import type { ServingEnvironment } from '../serving/environment.ts';
import type { HeaderStore } from '../stores/headers/port.ts';
import type { HeaderWriting } from './headers/writing.ts';
import { type FeaturePipeline, servedPace } from './sync.ts';

/** What servers take over in making features, and how much of it goes on at once. */
export type ServedMaking = Required<Pick<FeaturePipeline, 'headers' | 'pace'>>;

/** @param model the chat model that is open, which writes headers where they are wanted; null for none */
export function servedMaking(
  { embed, headers: wanted, llm }: Pick<ServingEnvironment, 'embed' | 'headers' | 'llm'>,
  model: HeaderWriting['model'] | null,
  store: HeaderStore,
): ServedMaking {
  const headers = wanted && model ? { model, store, prices: llm?.prices ?? null } : null;
  return { headers, pace: embed || headers ? servedPace : {} };
}
