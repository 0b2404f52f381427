import type { EndpointState } from '../../serving/endpoints/port.ts';
import type { FeatureStore } from '../../stores/features/port.ts';
import type { Registry } from '../../stores/registry/port.ts';
import type { Warehouse } from '../../stores/warehouse/port.ts';

/** One thing that answering needs. */
export type Check = {
  readonly name: string;
  readonly ok: boolean;
  /** Whether nothing can be answered without it: else answers do without, and say so. */
  readonly needed: boolean;
};

export type ReadinessPorts = {
  readonly warehouse: Pick<Warehouse, 'version'>;
  readonly features: Pick<FeatureStore, 'current'>;
  readonly registry: Pick<Registry, 'release'>;
  /** Id of the release that answers. */
  readonly release: string;
  /** The model servers by name, each with its endpoints as their breakers have them. */
  readonly servers?: Readonly<Record<string, () => readonly Pick<EndpointState, 'breaker'>[]>>;
};

/** Looks whether questions can be answered. Never fails: what cannot be asked is not well. */
export function openReadiness({
  warehouse,
  features,
  registry,
  release,
  servers = {},
}: ReadinessPorts): () => Promise<readonly Check[]> {
  const holds = (check: Promise<boolean>) => check.catch(() => false);
  return async () => {
    const [stores, index, registered] = await Promise.all([
      holds(warehouse.version().then(() => true)),
      holds(features.current().then((set) => set !== undefined && set.chunks > 0)),
      holds(registry.release(release).then((found) => found !== undefined)),
    ]);
    return [
      { name: 'stores', ok: stores, needed: true },
      { name: 'index', ok: index, needed: true },
      { name: 'release', ok: registered, needed: true },
      ...Object.entries(servers).map(([name, states]) => ({
        name,
        ok: states().some(({ breaker }) => breaker !== 'open'),
        needed: false,
      })),
    ];
  };
}
