import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import { describeQueues, type WorkerProcess } from '../../conformance/queues.ts';
import { temporaryHome } from '../stores/temporary.ts';
import { testTiming } from './timing.ts';

const script = fileURLToPath(new URL('worker-process.ts', import.meta.url));

async function startWorker(home: string): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [script, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const started: string[] = [];
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line === 'ready') resolve();
      else started.push(line.replace('started ', ''));
    });
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  await Promise.race([ready, exited]);
  return { started, kill };
}

describeQueues('SQLite', async () => {
  const place = temporaryHome();
  const queues = openSqliteQueues(place.open(), testTiming);
  const other = openSqliteQueues(place.open(), testTiming);
  const workers: WorkerProcess[] = [];
  return {
    queues,
    other,
    async startWorker() {
      const worker = await startWorker(place.home);
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
