import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../../../monitoring/main.ts');

export type OperatorProcess = {
  readonly child: ChildProcess;
  /** What it logged so far. */
  readonly log: () => string;
  /** Its address, once it serves. */
  readonly url: Promise<string>;
  /** How it ended: its exit status, or null where a signal ended it. */
  readonly ended: Promise<number | null>;
};

/** Starts the real process with a home and an environment of its own. */
export function startOperatorProcess(
  home: string,
  variables: Readonly<Record<string, string>> = {},
): OperatorProcess {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env['PATH'],
      UNDERSTUDY_HOME: home,
      LOG_LEVEL: 'info',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const url = Promise.race([
    once(child.stdout.setEncoding('utf8'), 'data').then(([text]) => String(text).trim()),
    ended.then(() => Promise.reject(new Error(`The process ended before it served.\n${log}`))),
  ]);
  // Who does not wait for it does not hear of it.
  url.catch(() => undefined);
  return { child, log: () => log, url, ended };
}
