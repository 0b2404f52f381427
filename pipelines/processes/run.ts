import type { Environment } from '../environment.ts';
import { inTime } from '../in-time.ts';
import { readinessOf } from './health/readiness.ts';
import { serveHealth } from './health/server.ts';
import { type Opened, type OpenProcess, openPlace, type Place } from './place.ts';

/** Each is loaded only where it runs. */
const processes = {
  collection: async () => (await import('./collection.ts')).openCollection,
  features: async () => (await import('./features.ts')).openFeatures,
  inference: async () => (await import('./inference.ts')).openInferenceProcess,
  training: async () => (await import('./training.ts')).openTraining,
} as const satisfies Readonly<Record<string, () => Promise<OpenProcess>>>;

export type ProcessName = keyof typeof processes;
export const processNames = Object.keys(processes) as readonly ProcessName[];

/**
 * Runs these processes until the signal aborts, then drains: it is not ready from then on, running jobs are told and go
 * back in line, and what has not ended after the grace time is left to its lease.
 *
 * @throws TransientError or PermanentError when it cannot start; afterwards a server that goes away is waited for
 */
export async function runProcesses(
  names: readonly ProcessName[],
  environment: Environment,
  settings: Pick<Place, 'log' | 'signal' | 'timing'>,
): Promise<void> {
  const { log, signal, timing } = settings;
  const place = await openPlace(environment, settings);
  const closing: { close(): Promise<void> }[] = [place];
  try {
    const opened: Opened[] = [];
    for (const name of names) {
      const open = await processes[name]();
      const running = await open(place);
      opened.push(running);
      closing.push(running);
    }
    if (environment.health) {
      const { registry } = place.metrics;
      const ready = () => readinessOf(place);
      const health = await serveHealth(environment.health, { ready, registry });
      closing.push(health);
      log.info({ url: health.url }, 'says how it is');
    }
    log.info({ roles: names, changes: place.stores.changes.by }, 'working');
    const ended = Promise.all(opened.map(({ work }) => work));
    await Promise.race([aborted(signal), ended]);
    log.info('stopping: running jobs go back in line');
    await inTime(ended, timing.graceMs).catch((error: unknown) =>
      log.warn({ err: error }, 'what still runs is left to its lease'),
    );
  } finally {
    await inTime(closeAll(closing), timing.graceMs).catch((error: unknown) =>
      log.warn({ err: error }, 'not everything was closed'),
    );
  }
}

async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const each of opened.toReversed()) await each.close();
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
