import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { command } from '../terminal/command.ts';

const main = join(import.meta.dirname, '../../../bots/main.ts');
let folder: string;
let home: string;
let key: string;
let running: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-api-'));
  home = join(folder, 'home');
  mkdirSync(join(folder, 'posts'));
  writeFileSync(
    join(folder, 'posts/rye.md'),
    '# Rye\n\nRye flour wants more water than wheat flour. It also keeps longer.\n',
  );
  await command(home, ['collect', join(folder, 'posts')]);
  await command(home, ['features']);
  const made = await command(home, ['keys', 'create', 'site', '--scope', 'ask', '--json']);
  key = String(made.events()[0]?.['key']);
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The bots' process as a deployment starts it; resolves with the API's address. */
async function start(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH: process.env['PATH'], UNDERSTUDY_HOME: home, LOG_LEVEL: 'info', API_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    const [, url] = /"url":"([^"]+)","msg":"serving the API"/u.exec(log) ?? [];
    if (url !== undefined) resolve(url);
  });
  child.once('exit', () => reject(new Error(`The process ended: ${log}`)));
  return { child, url: await promise };
}

const ask = (url: string) =>
  fetch(`${url}/v1/ask`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': 'once',
    },
    body: JSON.stringify({ question: 'Which flour wants more water?' }),
  });

test('the process answers with a key of the command line, ends in order, and remembers what it answered', async () => {
  const first = await start();
  const answered = (await (await ask(first.url)).json()) as Record<string, unknown>;
  expect(answered).toMatchObject({ outcome: 'answered', replayed: false });
  expect(answered['answer']).toContain('Rye flour wants more water than wheat flour. [1]');
  first.child.kill('SIGTERM');
  expect((await once(first.child, 'exit'))[0]).toBe(0);
  const second = await start();
  const again = await (await ask(second.url)).json();
  expect(again).toMatchObject({
    answer: answered['answer'],
    trace: answered['trace'],
    replayed: true,
  });
  second.child.kill('SIGTERM');
  expect((await once(second.child, 'exit'))[0]).toBe(0);
}, 120_000);
