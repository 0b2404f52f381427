import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, freePort, mayBeAbsent, startChild } from '../child.ts';

export type RedisServer = {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  /** Ends it without warning; `start` brings it back with what its log holds, on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Lets no command through for so long, as an overloaded server does not. */
  freeze(): void;
  thaw(): void;
};

/** Whether tests against Redis can run; in CI a missing one fails rather than skips. */
export const hasRedis =
  !mayBeAbsent || spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

/** Debian's `redis-server` on a free port, as a deployment runs it: append-only log, and nothing evicted. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await freePort();
  let child: Child;
  const start = async () => {
    const usual = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', ''];
    const place = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder];
    child = await startChild('redis-server', [...place, ...usual, ...settings], (output) =>
      output.includes('Ready to accept connections') ? true : undefined,
    );
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    kill: () => child.kill(),
    freeze: () => void child.process.kill('SIGSTOP'),
    thaw: () => void child.process.kill('SIGCONT'),
    async stop() {
      child.process.kill('SIGCONT');
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
