import type { Tracer } from '../../monitoring/tracer.ts';
import type { FeatureStore } from '../../pipelines/stores/features/port.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';
import type { Conversation } from '../conversation/converse.ts';

/** What the playground is handed: it reads, asks, and passes feedback on; it changes nothing else. */
export type PlaygroundPorts = {
  readonly converse: Conversation['converse'];
  readonly warehouse: Pick<Warehouse, 'get' | 'facets' | 'titles' | 'origins' | 'version'>;
  readonly features: Pick<FeatureStore, 'current' | 'sets'>;
  readonly traces: Pick<Tracer, 'feedback'>;
};
