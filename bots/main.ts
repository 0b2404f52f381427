import { openLog } from '../monitoring/log.ts';
import { readEnvironment } from '../pipelines/environment.ts';
import { readBotsEnvironment } from './environment.ts';
import { startPlatforms } from './platforms.ts';
import { botPorts, openHouse } from './terminal/house.ts';
import { platformConfigs } from './terminal/platform-configs.ts';
import { startPlayground } from './web/server.ts';

/**
 * The bots' process: what a deployment starts to let people ask. It indexes nothing; the pipelines'
 * process does, and both meet in the stores.
 */
const environment = readEnvironment(process.env);
const log = openLog({ level: environment.logLevel, name: 'bots' });
const house = await openHouse(environment, readBotsEnvironment(process.env));
await house.conversation.tidy();
const playground = await startPlayground(house, { port: environment.port, host: '127.0.0.1' });
log.info({ url: playground.url }, 'serving the playground');
await house.warmUp();
const platforms = await startPlatforms(
  botPorts(house, log),
  platformConfigs(process.env, house.database),
);
for (const name of platforms.names) log.info(`connected: ${name}`);

const stopped = Promise.withResolvers<void>();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopped.resolve());
await stopped.promise;
log.info('stopping: running answers finish first');
await platforms.quiesce();
await playground.close();
await house.drain();
await platforms.close();
await house.close();
