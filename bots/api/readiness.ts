import type { FeatureStore } from '../../pipelines/stores/features/port.ts';
import type { Warehouse } from '../../pipelines/stores/warehouse/port.ts';
import type { Readiness } from './ports.ts';

/**
 * Whether the twin can answer: its stores open, something indexed, and of each service's endpoints one that is not
 * known to be down.
 *
 * @param services by name; the state of every endpoint as its breaker has it.
 */
export function openReadiness(
  {
    warehouse,
    features,
  }: {
    readonly warehouse: Pick<Warehouse, 'version'>;
    readonly features: Pick<FeatureStore, 'current'>;
  },
  services: Readonly<Record<string, () => readonly { readonly breaker: string }[]>> = {},
): () => Promise<readonly Readiness[]> {
  const holds = (check: Promise<boolean>) => check.catch(() => false);
  return async () => [
    { name: 'stores', ok: await holds(warehouse.version().then(() => true)) },
    {
      name: 'index',
      ok: await holds(features.current().then((set) => set !== undefined && set.chunks > 0)),
    },
    ...Object.entries(services).map(([name, states]) => ({
      name,
      ok: states().some(({ breaker }) => breaker !== 'open'),
    })),
  ];
}
