import type { FeatureStore } from '../../pipelines/stores/features/port.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { Knowledge } from '../conversation/knowledge.ts';

/** What the playground is handed: it reads, asks, and passes feedback on; it changes nothing else. */
export type PlaygroundPorts = {
  readonly conversation: Pick<Conversation, 'hear' | 'stop' | 'feedback'>;
  readonly knowledge: Pick<Knowledge, 'overview' | 'suggestions'>;
  readonly warehouse: Pick<Warehouse, 'get'>;
  readonly features: Pick<FeatureStore, 'sets'>;
};
