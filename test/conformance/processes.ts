import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Worker = {
  /** What it has said up to now, a line of JSON each. */
  readonly said: readonly Record<string, unknown>[];
  /** Resolves when it has said so many lines, or has ended. */
  lines(count: number): Promise<void>;
  /** As a power cut does. */
  kill(): Promise<void>;
  /** Resolves when it has ended by itself. @throws when it has failed */
  done(): Promise<void>;
};

/** Starts one of the programs beside this file as a process of its own. */
export function startWorker(program: string, parameters: readonly string[]): Worker {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, program), ...parameters],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const closed = once(child, 'close');
  const said: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  if (!child.stdout) throw new Error('A piped process has an output.');
  createInterface(child.stdout).on('line', (line) => {
    said.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  return {
    said,
    async lines(count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (said.length >= count) resolve();
      };
      waiting.add(look);
      look();
      await Promise.race([promise, closed]);
      waiting.delete(look);
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
    async done() {
      const [code, signal] = await closed;
      if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}.`);
    },
  };
}
