import { pushDocument } from '../../pipelines/collection/push.ts';
import { codeVersion } from '../../pipelines/version.ts';
import type { ApiConfig } from '../api/config.ts';
import { openReadiness } from '../api/readiness.ts';
import { type ApiPorts, type RunningApi, startApi } from '../api/server.ts';
import type { House } from './house.ts';
import { twin } from './storehouse.ts';

/** Serves the house over HTTP; null where no port is set. @throws as `startApi` does */
export async function startHouseApi(
  house: House,
  config: ApiConfig | null,
  log: ApiPorts['log'],
): Promise<RunningApi | null> {
  if (config === null) return null;
  const ports: ApiPorts = {
    ...house,
    keys: house.state.keys,
    async intake(pushed) {
      const taken = await pushDocument(pushed, house.warehouse);
      const news = taken.outcome === 'created' || taken.outcome === 'changed';
      // The sweep would find it as well: this only makes it sooner.
      if (news) await house.queues.enqueue('features', 'sync', {});
      return taken;
    },
    // Without its model the twin still answers, by quoting: that is no reason to take it out of service.
    ready: openReadiness(house, house.services),
    log,
  };
  return await startApi(ports, { ...config, twin, version: codeVersion() });
}
