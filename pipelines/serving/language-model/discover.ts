import { type Clock, systemClock } from '../endpoints/clock.ts';
import { detectEngine } from './detect.ts';
import { profiles } from './engines/all.ts';
import { modelList } from './engines/models.ts';
import { look } from './look.ts';
import type { Engine } from './port.ts';

/** The ports at which the engines listen unless told otherwise; on this machine nothing else is asked. */
const usualPorts: readonly number[] = [11_434, 8_080, 8_000, 3_000, 30_000];
const usualLimitMs = 1_000;

export type FoundEngine = {
  readonly engine: Engine;
  /** `http://127.0.0.1:11434`. */
  readonly url: string;
  /** Names of what it serves; empty where it wants a token to tell. */
  readonly models: readonly string[];
};

/** Which model servers run on this machine, at their usual ports. Never fails but for the signal's reason. */
export async function discoverEngines(
  signal?: AbortSignal,
  {
    ports = usualPorts,
    limitMs = usualLimitMs,
    clock = systemClock,
  }: { readonly ports?: readonly number[]; readonly limitMs?: number; readonly clock?: Clock } = {},
): Promise<readonly FoundEngine[]> {
  const options = { clock, limitMs, ...(signal ? { signal } : {}) };
  const found = await Promise.all(
    ports.map(async (port): Promise<FoundEngine[]> => {
      const endpoint = { url: `http://127.0.0.1:${port}` };
      try {
        const engine = await detectEngine(endpoint, options);
        const { body } = await look(endpoint, '/v1/models', options);
        const models = modelList.safeParse(body).data?.data.map(({ id }) => id) ?? [];
        return [{ engine: profiles[engine].engine, url: endpoint.url, models }];
      } catch {
        signal?.throwIfAborted();
        return [];
      }
    }),
  );
  return found.flat();
}
