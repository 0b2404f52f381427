import { openLog } from '../monitoring/log.ts';
import { readEnvironment } from '../pipelines/environment.ts';
import { openHouse } from './terminal/house.ts';
import { startPlayground } from './web/server.ts';

/**
 * The bots' process: what a deployment starts to let people ask. It indexes nothing; the pipelines'
 * process does, and both meet in the stores.
 */
const environment = readEnvironment(process.env);
const log = openLog({ level: environment.logLevel, name: 'bots' });
const house = await openHouse(environment);
const playground = await startPlayground(house, { port: environment.port, host: '127.0.0.1' });
log.info({ url: playground.url }, 'serving the playground');

const stopped = Promise.withResolvers<void>();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopped.resolve());
await stopped.promise;
log.info('stopping: running answers finish first');
await playground.close();
await house.close();
