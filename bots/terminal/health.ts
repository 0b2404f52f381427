import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Environment } from '../../pipelines/environment.ts';
import { serveHealth } from '../../pipelines/processes/health/server.ts';
import { openReadiness } from '../api/readiness.ts';
import type { BotPorts } from '../ports.ts';
import type { House } from './house.ts';

/** Tells whoever runs the process how it is. */
export type ToldHealth = {
  /** From now on it is not ready: nothing new should come. */
  drain(): void;
  close(): Promise<void>;
};

/** Health and metrics on a port of their own; null where none is set. */
export async function tellHealth(
  { health }: Pick<Environment, 'health'>,
  house: House,
  log: BotPorts['log'],
): Promise<ToldHealth | null> {
  if (!health) return null;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const checksNow = openReadiness(house, house.services);
  let draining = false;
  const served = await serveHealth(health, {
    registry,
    async ready() {
      const checks = await checksNow();
      const isReady = checks.every(({ ok }) => ok);
      return { status: draining ? 'draining' : isReady ? 'ready' : 'not-ready', checks };
    },
  });
  log.info({ url: served.url }, 'says how it is');
  return {
    drain() {
      draining = true;
    },
    close: served.close,
  };
}
