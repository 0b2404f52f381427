/** A worker as a process of its own, for the conformance suite: `node worker-process.ts <home>`. */
import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import { openDatabase } from '../../../pipelines/stores/sqlite/database.ts';
import { testTiming } from './timing.ts';

const [home = ''] = process.argv.slice(2);
const queues = openSqliteQueues(openDatabase(home), testTiming);
process.stdout.write('ready\n');
await queues.work(
  'score',
  async ({ hang }, { job }) => {
    process.stdout.write(`started ${job.key}\n`);
    if (hang) await new Promise(() => {});
  },
  { signal: new AbortController().signal },
);
