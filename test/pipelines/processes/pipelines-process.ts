/**
 * Processes of the pipelines as `pipelines/main.ts` runs them, only that nobody waits long for a sweep or a lease:
 * `node pipelines-process.ts <name>…`, with the environment of a deployment.
 */
import { openLog } from '../../../monitoring/log.ts';
import { readEnvironment } from '../../../pipelines/environment.ts';
import { type ProcessName, runProcesses } from '../../../pipelines/processes/run.ts';
import { stopSignal } from '../../../pipelines/processes/stop.ts';

const environment = readEnvironment(process.env);
const log = openLog({ level: environment.logLevel, name: 'pipelines' });
await runProcesses(process.argv.slice(2) as ProcessName[], environment, {
  log,
  signal: stopSignal(log),
  timing: {
    collectEveryMs: 60_000,
    sweepEveryMs: 500,
    graceMs: 10_000,
    queues: { leaseMs: 1_500, heartbeatMs: 200, pollMs: 50, backoffMs: 100 },
    slicing: { alone: 10, wave: { documents: 5, slices: 100 } },
  },
});
process.exit(0);
