import type { Embedder } from '../../serving/embed/port.ts';
import type { Clock } from '../../serving/endpoints/clock.ts';
import type {
  Access,
  FeatureSet,
  FeatureStore,
  LexicalStatistics,
} from '../../stores/features/port.ts';
import type { RetrievalSettings } from './settings.ts';

/** What every search of one question shares. */
export type Search = {
  readonly features: FeatureStore;
  readonly set: FeatureSet;
  readonly embedder: Embedder | undefined;
  readonly settings: RetrievalSettings;
  readonly statistics: (stems: readonly string[]) => Promise<LexicalStatistics>;
  readonly access: Access | undefined;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock | undefined;
};
