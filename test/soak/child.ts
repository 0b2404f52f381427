import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const script = join(import.meta.dirname, '../../bots/main.ts');
const sampleMs = 500;

/** One life of the bots' process, with its memory over time. */
export type Life = { readonly rss: number[]; readonly startedAtMs: number };

/** The product's own process, which can be killed and started again. */
export type Bots = {
  start(connected: () => boolean): Promise<void>;
  /** `kill -9` */
  kill(): Promise<void>;
  /** Asks it to end as an operator would. Resolves with its exit code; null when it had to be killed. */
  stop(): Promise<number | null>;
  readonly lives: readonly Life[];
  /** Ends of lives that nobody asked for, with the last lines of the log. */
  readonly crashes: readonly string[];
  /** Resolves with the first of them. */
  readonly crashed: Promise<void>;
};

export function openBots(environment: Readonly<Record<string, string>>, log: string): Bots {
  const lives: Life[] = [];
  const crashes: string[] = [];
  const crashed = Promise.withResolvers<void>();
  let child: ChildProcess | undefined;
  let closed: Promise<unknown> = Promise.resolve();
  let wanted = false;
  let sampling: NodeJS.Timeout | undefined;

  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    wanted = false;
    child?.kill(signal);
    const impatient = setTimeout(() => child?.kill('SIGKILL'), 40_000);
    await closed;
    clearTimeout(impatient);
  };

  return {
    lives,
    crashes,
    crashed: crashed.promise,
    async start(connected) {
      const { PATH = '', NODE_OPTIONS = '' } = process.env;
      const life: Life = { rss: [], startedAtMs: performance.now() };
      lives.push(life);
      // As `npm run bots` starts it.
      const started = spawn(process.execPath, ['--max-semi-space-size=16', script], {
        env: { PATH, NODE_OPTIONS, LOG_LEVEL: 'info', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      wanted = true;
      for (const stream of [started.stdout, started.stderr]) {
        stream.on('data', (part: Buffer) => appendFileSync(log, part));
      }
      closed = once(started, 'close').then(() => {
        clearInterval(sampling);
        if (!wanted) return;
        const last = readFileSync(log, 'utf8').trim().split('\n').slice(-12).join('\n');
        crashes.push(`the bots’ process ended by itself: ${last}`);
        crashed.resolve();
      });
      sampling = setInterval(() => {
        void residentBytes(started.pid).then((bytes) => {
          if (bytes !== undefined) life.rss.push(bytes);
        });
      }, sampleMs);
      for (let waitedMs = 0; !connected(); waitedMs += 50) {
        if (crashes.length > 0 || waitedMs > 60_000) throw new Error('The bots did not connect.');
        await wait(50);
      }
    },
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM');
      return child?.exitCode ?? null;
    },
  };
}

/** Undefined where the system does not tell. */
async function residentBytes(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
}
