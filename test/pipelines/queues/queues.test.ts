import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import type { WorkerProcess } from '../../conformance/queues/workshop.ts';
import { describeQueues } from '../../conformance/queues.ts';
import { temporaryHome } from '../stores/temporary.ts';
import { testTiming } from './timing.ts';
import { startWorker } from './worker.ts';

describeQueues('SQLite', async () => {
  const place = temporaryHome();
  const queues = openSqliteQueues(place.open(), testTiming);
  const other = openSqliteQueues(place.open(), testTiming);
  const workers: WorkerProcess[] = [];
  return {
    queues,
    other,
    async startWorker() {
      const worker = await startWorker('sqlite', place.home);
      workers.push(worker);
      return worker;
    },
    async close() {
      for (const worker of workers) await worker.kill();
      await queues.close();
      await other.close();
      place.close();
    },
  };
});
