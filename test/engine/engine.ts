import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { tinyAdapter, tinyModel } from './tiny-model.ts';

/** A model server that nobody here wrote. */
export type RunningEngine = {
  readonly url: string;
  readonly token?: string;
  /** Name of an adapter that it is known to have; null where none is known. */
  readonly adapter: string | null;
  /** Ends it at once, whatever it is doing; only where it was started here. */
  kill?(): Promise<void>;
  /** Starts it again at the same address. */
  again?(): Promise<void>;
  close(): Promise<void>;
};

/** What an engine can do that not all can; `ENGINE_LACKS` names what it cannot, with commas. */
export type EngineAbility = 'count' | 'schema' | 'usage' | 'long-prompts';

export function engineCan(ability: EngineAbility): boolean {
  return !(process.env['ENGINE_LACKS'] ?? '').split(',').includes(ability);
}

/** Whether the environment names one. */
export const engineGiven =
  process.env['ENGINE_URL'] !== undefined || process.env['LLAMA_SERVER'] !== undefined;

/**
 * The engine that the environment names.
 *
 * llama.cpp's server is started here, on a tiny random model with an adapter (source: github.com/ggml-org/llama.cpp, or
 * `vendor/llama.cpp` in the source package of llama-cpp-python on PyPI):
 *
 *     cmake -B build -DCMAKE_BUILD_TYPE=Release -DLLAMA_CURL=OFF -DBUILD_SHARED_LIBS=OFF
 *     cmake --build build --target llama-server
 *     LLAMA_SERVER=build/bin/llama-server npm run test:engine
 *
 * Any other is one that runs already, and its key, its adapter's name and what it cannot do, where there are any:
 *
 *     ENGINE_URL=http://gpu:8080 ENGINE_TOKEN=… ENGINE_ADAPTER=ada ENGINE_LACKS=count,schema npm run test:engine
 */
export async function openEngine(): Promise<RunningEngine> {
  const { ENGINE_URL: url, ENGINE_TOKEN: token, ENGINE_ADAPTER: adapter } = process.env;
  if (url) return { url, ...(token && { token }), adapter: adapter ?? null, close: async () => {} };
  return await startLlama();
}

/**
 * Starts llama.cpp's server. Without a name for its model it calls it by its path.
 */
export async function startLlama(name?: string): Promise<Required<Omit<RunningEngine, 'token'>>> {
  const binary = process.env['LLAMA_SERVER'] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'engine-'));
  const [model, adapter] = [join(folder, 'tiny.gguf'), join(folder, 'ada.gguf')];
  await Promise.all([writeFile(model, tinyModel(1)), writeFile(adapter, tinyAdapter(2))]);
  const port = await freePort();
  const options = { '--model': model, '--lora': adapter, '--port': port, '--host': '127.0.0.1' };
  // Two requests at a time, each with the model's whole context.
  const alias = name === undefined ? {} : { '--alias': name };
  const size = { '--ctx-size': 16_384, '--parallel': 2, '--threads': 1 };
  const args = Object.entries({ ...options, ...alias, ...size }).flatMap(([name, value]) => [
    name,
    `${value}`,
  ]);
  const url = `http://127.0.0.1:${port}`;
  let server: ChildProcess;
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  const again = async () => {
    server = spawn(binary, [...args, '--jinja'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const said: string[] = [];
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said.push(text);
      if (said.length > 100) said.shift();
    });
    try {
      await well(url, server);
    } catch (cause) {
      throw new Error(`llama.cpp’s server did not start:\n${said.join('')}`, { cause });
    }
  };
  const close = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await again();
  } catch (failure) {
    await close();
    throw failure;
  }
  return { url, adapter: 'ada', kill, again, close };
}

/** Loading a model takes a while; 30 seconds are more than a tiny one needs on a busy machine. */
async function well(url: string, server: ChildProcess): Promise<void> {
  const stopped = once(server, 'error').then(([error]) => Promise.reject(error));
  const waiting = async () => {
    for (let tries = 0; tries < 600; tries += 1) {
      if (server.exitCode !== null) throw new Error(`It ended with ${server.exitCode}`);
      const reply = await fetch(`${url}/health`).catch(() => null);
      if (reply?.ok) return;
      await setTimeout(50);
    }
    throw new Error('It is not well after 30 seconds');
  };
  await Promise.race([waiting(), stopped]);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}
