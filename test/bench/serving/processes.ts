import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AtOnce, Heap, InTurn, Order } from './orders.ts';

/** The stub in a process of its own. */
export type Stub = { readonly url: string; readonly stop: () => Promise<void> };

export async function startStub(): Promise<Stub> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'stub-process.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { url, stop: () => ended(child, () => child.stdin.end()) };
}

/** A client in a process of its own; it idles while the others are measured. */
export type Measured = {
  readonly name: string;
  inTurn(calls: number): Promise<InTurn>;
  atOnce(streams: number, lastsMs: number): Promise<AtOnce>;
  heap(streams: number, calls: number): Promise<Heap>;
  stop(): Promise<void>;
};

/** Undefined, and a line that says why, when the client's package is not installed. */
export async function startClient(
  name: string,
  { url, home }: { url: string; home: string },
): Promise<Measured | undefined> {
  const child = fork(join(import.meta.dirname, 'client-process.ts'), [name, url, home], {
    execArgv: [...process.execArgv, '--expose-gc'],
    env: { ...process.env, ...quiet },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', (part: Buffer) => {
    complaint = (complaint + part.toString()).slice(-4_000);
  });
  const gone = once(child, 'exit').then(() => 'gone' as const);
  const first = await Promise.race([once(child, 'message'), gone]);
  if (first === 'gone') {
    if (!complaint.includes('ERR_MODULE_NOT_FOUND')) throw new Error(`${name}: ${complaint}`);
    console.error(
      `${name}: left out, not installed (npm ci --ignore-scripts --prefix test/bench/peers)`,
    );
    return undefined;
  }
  const carryOut = async <T>(order: Order): Promise<T> => {
    child.send(order);
    const answer = await Promise.race([once(child, 'message'), gone]);
    if (answer === 'gone') throw new Error(`${name} ended: ${complaint}`);
    const { report, failure } = answer[0] as { report: T; failure?: string };
    if (failure !== undefined) throw new Error(`${name}: ${failure}`);
    return report;
  };
  return {
    name,
    inTurn: (calls) => carryOut({ do: 'in-turn', calls }),
    atOnce: (streams, lastsMs) => carryOut({ do: 'at-once', streams, lastsMs }),
    heap: (streams, calls) => carryOut({ do: 'heap', streams, calls }),
    stop: () => ended(child, () => child.disconnect()),
  };
}

/** Nothing that a peer would send about its use, and no warnings about a model it does not know. */
const quiet = {
  AI_SDK_LOG_WARNINGS: 'false',
  LANGSMITH_TRACING: 'false',
  MASTRA_TELEMETRY_DISABLED: '1',
};

async function ended(child: ChildProcess, end: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  end();
  await exit;
}
