import { openLog } from '../monitoring/log.ts';
import {
  type Environment,
  loadEnvironmentFile,
  readEnvironment,
} from '../pipelines/environment.ts';
import { readBotsEnvironment } from './environment.ts';
import type { BotPorts } from './ports.ts';
import { openDoors } from './terminal/doors.ts';
import { explain } from './terminal/exit.ts';
import { tellHealth } from './terminal/health.ts';
import { openHouse } from './terminal/house.ts';

/**
 * The bots' process: what a deployment starts to let people ask. It indexes nothing; the pipelines'
 * process does, and both meet in the stores.
 */
async function serve(environment: Environment, log: BotPorts['log']): Promise<void> {
  // From the first moment: who stops it while it starts wants it to end in order too.
  const stopped = stopAsked();
  const house = await openHouse(environment, readBotsEnvironment(process.env));
  try {
    await house.conversation.tidy();
    await house.warmUp();
    const doors = await openDoors(house, {
      variables: process.env,
      port: environment.port,
      log,
      opened(door) {
        if (door.door === 'platform') log.info(`connected: ${door.name}`);
        else log.info({ url: door.url }, `serving the ${door.door === 'api' ? 'API' : door.door}`);
      },
    });
    const health = await tellHealth(environment, house, log);
    await stopped;
    log.info('stopping: running answers finish first');
    health?.drain();
    await doors.close();
    await health?.close();
  } finally {
    await house.close();
  }
}

async function stopAsked(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve());
  await promise;
}

try {
  loadEnvironmentFile();
  const environment = readEnvironment(process.env);
  await serve(environment, openLog({ level: environment.logLevel, name: 'bots' }));
} catch (error) {
  const { exitCode, code, message, hint } = explain(error);
  openLog({ level: 'fatal', name: 'bots' }).fatal({ code, hint }, message);
  process.exitCode = exitCode;
}
