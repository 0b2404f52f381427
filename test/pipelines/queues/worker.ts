import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WorkerProcess } from '../../conformance/queues/workshop.ts';

const script = fileURLToPath(new URL('worker-process.ts', import.meta.url));

/** Starts worker-process.ts with these arguments; resolves when it is ready to work. */
export async function startWorker(...place: readonly string[]): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [script, ...place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const started: string[] = [];
  const stopped: string[] = [];
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      const [what, key = ''] = line.split(' ');
      if (what === 'ready') resolve();
      if (what === 'started') started.push(key);
      if (what === 'stopped') stopped.push(key);
    });
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  await Promise.race([ready, exited]);
  return { started, stopped, kill };
}
