import { openLog } from '../monitoring/log.ts';
import {
  type Environment,
  loadEnvironmentFile,
  readEnvironment,
} from '../pipelines/environment.ts';
import { readBotsEnvironment } from './environment.ts';
import { startPlatforms } from './platforms.ts';
import type { BotPorts } from './ports.ts';
import { explain } from './terminal/exit.ts';
import { botPorts, type House, openHouse } from './terminal/house.ts';
import { platformConfigs } from './terminal/platform-configs.ts';
import { startPlayground } from './web/server.ts';

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
    const configs = platformConfigs(process.env, house.database);
    await house.warmUp();
    const stop = await startAll(house, environment, configs, log);
    await stopped;
    log.info('stopping: running answers finish first');
    await stop();
  } finally {
    await house.close();
  }
}

/** @returns what stops it all in order: nothing new, then the running answers, then the connections. */
async function startAll(
  house: House,
  environment: Environment,
  configs: Parameters<typeof startPlatforms>[1],
  log: BotPorts['log'],
): Promise<() => Promise<void>> {
  const platforms = await startPlatforms(botPorts(house, log), configs);
  for (const name of platforms.names) log.info(`connected: ${name}`);
  const playground = await startPlayground(house, { port: environment.port, host: '127.0.0.1' });
  log.info({ url: playground.url }, 'serving the playground');
  return async () => {
    await platforms.quiesce();
    await playground.close();
    await house.drain();
    await platforms.close();
  };
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
