import { z } from 'zod';
import { openLog } from '../monitoring/log.ts';
import { loadEnvironmentFile, readEnvironment } from './environment.ts';
import { exitCodes, sayFailure } from './processes/failure.ts';
import { usualTiming } from './processes/place.ts';
import { processNames, runProcesses } from './processes/run.ts';
import { stopSignal } from './processes/stop.ts';

/**
 * The pipelines' processes: `node pipelines/main.ts collection`, `… features`, `… training`, several of them in one, or
 * collection and features when none is named. Each deploys alone; they share only the stores and queues.
 */
const aliases: Readonly<Record<string, string>> = { feature: 'features' };

async function main(parameters: readonly string[]): Promise<number> {
  const named = z
    .array(z.enum(processNames))
    .safeParse(parameters.map((name) => aliases[name] ?? name));
  if (!named.success) {
    process.stderr.write(`usage: node pipelines/main.ts [${processNames.join(', ')}]\n`);
    return exitCodes.usage;
  }
  const names = named.data.length > 0 ? named.data : (['collection', 'features'] as const);
  loadEnvironmentFile();
  const environment = readEnvironment(process.env);
  const log = openLog({ level: environment.logLevel, name: 'pipelines' });
  const signal = stopSignal(log);
  await runProcesses([...new Set(names)], environment, { log, signal, timing: usualTiming });
  log.info('stopped');
  return exitCodes.done;
}

// Ended on purpose: a connection that somebody forgot must not keep a drained process alive.
const failed = (error: unknown) =>
  sayFailure(error, openLog({ level: 'fatal', name: 'pipelines' }));
process.exit(await main(process.argv.slice(2)).catch(failed));
