import { z } from 'zod';
import { openLog } from '../monitoring/log.ts';
import { loadEnvironmentFile, readEnvironment } from './environment.ts';
import { usualTiming } from './processes/place.ts';
import { processNames, runProcesses } from './processes/run.ts';
import { stopSignal } from './processes/stop.ts';
import { PermanentError, TransientError } from './stores/errors.ts';

/**
 * The pipelines' processes: `node pipelines/main.ts collection`, `… features`, `… training`, several of them in one, or
 * collection and features when none is named. Each deploys alone; they share only the stores and queues.
 */
const exitCodes = { done: 0, usage: 2, outside: 3 } as const;
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

/** A start that failed is said in one line, with what to do about it. */
function sayFailure(error: unknown): number {
  const known = error instanceof PermanentError || error instanceof TransientError;
  const about = known ? { code: error.code, hint: error.hint } : { err: error };
  const message = error instanceof Error ? error.message : String(error);
  openLog({ level: 'fatal', name: 'pipelines' }).fatal(about, message);
  return known && error.code.startsWith('environment.') ? exitCodes.usage : exitCodes.outside;
}

// Ended on purpose: a connection that somebody forgot must not keep a drained process alive.
process.exit(await main(process.argv.slice(2)).catch(sayFailure));
