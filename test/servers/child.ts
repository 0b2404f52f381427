import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** A server program that the tests started. */
export type Child = {
  readonly process: ChildProcess;
  /** Ends it in order and waits for its end; a second call waits too. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
};

/** How long a program may take to end in order. */
const patienceMs = 5_000;

/** Starts a program and waits until `ready` finds what it waits for in its output. */
export async function startChild<Found>(
  command: string,
  parameters: readonly string[],
  ready: (output: string) => Found | undefined,
  timeoutMs = 20_000,
): Promise<Child & { readonly found: Found }> {
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close').catch(() => undefined);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await closed;
  };
  const orphaned = () => child.kill('SIGKILL');
  process.once('exit', orphaned);
  void closed.then(() => process.off('exit', orphaned));
  let output = '';
  const found = await new Promise<Found>((resolve, reject) => {
    const failed = (why: string) => reject(new Error(`${command} ${why}.\n${output}`));
    const timer = setTimeout(() => failed('did not start in time'), timeoutMs);
    const read = (bytes: Buffer) => {
      // Afterwards it is only drained, so that a talkative server never blocks.
      if (output.length > 100_000) return;
      output += bytes.toString();
      const match = ready(output);
      if (match === undefined) return;
      clearTimeout(timer);
      resolve(match);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => failed(`could not be started: ${error.message}`));
    child.once('close', () => failed('ended'));
  });
  const stop = async () => {
    // Some will not end while they write: Redis does not before its first log is complete.
    const insist = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await end('SIGTERM');
    clearTimeout(insist);
  };
  return { process: child, found, stop, kill: () => end('SIGKILL') };
}

/** A port of the loopback address that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether tests that need a server may be left out: not where CI has promised it. */
export const mayBeAbsent = process.env['CI'] !== 'true';
