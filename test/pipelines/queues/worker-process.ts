/**
 * A worker as a process of its own, for the conformance suite: `node worker-process.ts sqlite <home>`, or
 * `… redis <url> <prefix>`.
 */
import type { Queues } from '../../../pipelines/queues/port.ts';
import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import { openDatabase } from '../../../pipelines/stores/sqlite/database.ts';
import { testTiming } from './timing.ts';

const [kind, place = '', prefix = ''] = process.argv.slice(2);
const queues = await open();
process.stdout.write('ready\n');
await queues.work(
  'score',
  async ({ hang }, { job, signal }) => {
    process.stdout.write(`started ${job.key}\n`);
    signal.addEventListener('abort', () => process.stdout.write(`stopped ${job.key}\n`));
    if (hang) await new Promise(() => {});
  },
  { signal: new AbortController().signal },
);

async function open(): Promise<Queues> {
  if (kind !== 'redis') return openSqliteQueues(openDatabase(place), testTiming);
  // Only where it is used, as BullMQ takes its time to load.
  const { openRedisQueues } = await import('../../../pipelines/queues/redis/adapter.ts');
  return await openRedisQueues({ url: place, prefix, timing: testTiming });
}
