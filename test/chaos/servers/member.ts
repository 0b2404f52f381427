import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { freePort } from '../../servers/child.ts';

const root = join(import.meta.dirname, '../../..');
const skewed = `--import=${pathToFileURL(join(import.meta.dirname, 'skew.ts')).href}`;

/** One process of a deployment, as `npm run start:…` starts it. */
export type Member = {
  readonly name: string;
  /** As a power cut does; resolves when it is gone. */
  kill(): Promise<void>;
  /** As an orchestrator does; resolves when it has ended. */
  stop(): Promise<number | null>;
  /** By a clock that is so many milliseconds off. */
  start(skewMs?: number): Promise<void>;
  ready(): Promise<boolean>;
  /** What the process has in memory now; 0 while it does not run. */
  residentBytes(): number;
  /** Ends that nobody asked for, with the last lines they wrote. */
  readonly deaths: readonly string[];
};

export type MemberPlan = {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
};

export async function openMember({ name, parameters, variables }: MemberPlan): Promise<Member> {
  const port = await freePort();
  const deaths: string[] = [];
  const env = {
    PATH: process.env['PATH'],
    ...variables,
    UNDERSTUDY_HEALTH_PORT: String(port),
  };
  let child: ChildProcess | undefined;
  let expected = true;

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const dying = child;
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return null;
    expected = true;
    dying.kill(signal);
    await once(dying, 'exit');
    return dying.exitCode;
  };
  const orphaned = () => child?.kill('SIGKILL');
  process.once('exit', orphaned);

  return {
    name,
    deaths,
    residentBytes() {
      try {
        const pages = Number(readFileSync(`/proc/${child?.pid}/statm`, 'utf8').split(' ')[1]);
        return pages * 4_096;
      } catch {
        return 0;
      }
    },
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    async start(skewMs = 0) {
      expected = false;
      const born = spawn(process.execPath, parameters, {
        cwd: root,
        env: skewMs === 0 ? env : { ...env, SKEW_MS: String(skewMs), NODE_OPTIONS: skewed },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = born;
      let tail = '';
      const keep = (bytes: Buffer) => {
        tail = (tail + bytes.toString()).slice(-4_000);
      };
      born.stdout?.on('data', keep);
      born.stderr?.on('data', keep);
      born.once('exit', (code, signal) => {
        if (!expected && child === born)
          deaths.push(`${name} ended with ${code ?? signal}: ${tail}`);
      });
    },
    async ready() {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, {
          signal: AbortSignal.timeout(2_000),
        });
        await answer.body?.cancel();
        return answer.ok;
      } catch {
        return false;
      }
    },
  };
}

/** Waits until something is so; says what was waited for when it never is. */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { timeoutMs = 120_000, everyMs = 100 } = {},
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadline)
      throw new Error(`Waited ${timeoutMs / 1_000} s in vain: ${what}.`);
    await wait(everyMs);
  }
}
