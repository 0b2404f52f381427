import type { Queues } from '../../pipelines/queues/port.ts';
import type { FeatureStore } from '../../pipelines/stores/features/port.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';
import type { Behind } from './behind.ts';

/** What the operator's page looks at; each throws, while what it names cannot be reached. */
export type OperatorPorts = {
  readonly queues: () => Queues;
  readonly warehouse: () => Pick<Warehouse, 'version'>;
  readonly features: () => Pick<FeatureStore, 'current'>;
  /** Documents that the feature store does not have as they are now. */
  readonly behind: () => Behind;
};
