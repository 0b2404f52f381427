import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { countBehind } from '../pipelines/feature/behind.ts';
import { openEmbedded } from '../pipelines/stores/open.ts';
import { command } from './bots/terminal/command.ts';

/** The processes that a deployment starts, each on its own, meeting only in the stores. */
const root = join(import.meta.dirname, '..');
const running: ChildProcess[] = [];

function start(
  home: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], UNDERSTUDY_HOME: home, LOG_LEVEL: 'info', ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  return child;
}

async function stop(child: ChildProcess): Promise<number | null> {
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const [code] = await closed;
  return code;
}

/** Polls until it holds; a process under test has no other way to tell that it is done. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(100);
}

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

describe('the pipelines and bots as processes', () => {
  it('collection and feature run apart, and a new file becomes an answer without a command', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-processes-'));
    const home = join(folder, 'home');
    const posts = join(folder, 'posts');
    mkdirSync(posts);
    writeFileSync(join(posts, 'tea.md'), '# Tea\n\nGreen tea turns bitter above eighty degrees.\n');
    expect((await command(home, ['collect', posts])).code).toBe(0);
    writeFileSync(join(posts, 'rye.md'), '# Rye\n\nRye flour wants more water than wheat flour.\n');

    const collection = start(home, ['pipelines/main.ts', 'collection']);
    const feature = start(home, ['pipelines/main.ts', 'feature']);
    const stores = openEmbedded(home);
    try {
      await until(async () => {
        const current = await stores.features.current();
        return current?.documents === 2 && (await countBehind(stores, current.id)) === 0;
      });
    } finally {
      await stores.close();
    }
    expect(await stop(collection)).toBe(0);
    expect(await stop(feature)).toBe(0);
    const answer = await command(home, ['ask', 'Which flour wants more water?']);
    expect(answer.stdout).toContain('Rye flour wants more water than wheat flour. [1]');
  });

  it('answering runs in a process of its own, which the others ask and wait for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-processes-'));
    const home = join(folder, 'home');
    const posts = join(folder, 'posts');
    mkdirSync(posts);
    writeFileSync(join(posts, 'tea.md'), '# Tea\n\nGreen tea turns bitter above eighty degrees.\n');
    expect((await command(home, ['collect', posts])).code).toBe(0);
    expect((await command(home, ['features'])).code).toBe(0);
    const inference = start(home, ['pipelines/main.ts', 'inference'], { INFERENCE_PORT: '0' });
    let log = '';
    inference.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    await until(async () => log.includes('"url":"'));
    const url = /"url":"([^"]+)"/.exec(log)?.[1] ?? '';
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const asking = ['ask', 'When does green tea turn bitter?'];
    const answer = await command(home, asking, { INFERENCE_URL: url });
    expect(answer.stdout).toContain('Green tea turns bitter above eighty degrees. [1]');
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'understudy_inference_requests_total{outcome="answered"} 1',
    );
    expect(await stop(inference)).toBe(0);
    const away = await command(home, asking, { INFERENCE_URL: url });
    expect(away.code).toBe(3);
    expect(away.stderr).toContain('The inference service');
  });

  it('the bots serve the playground and stop in order on SIGTERM', async () => {
    const home = join(mkdtempSync(join(tmpdir(), 'understudy-processes-')), 'home');
    const bots = start(home, ['bots/main.ts']);
    let log = '';
    bots.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    await until(async () => log.includes('"url":"'));
    const url = /"url":"([^"]+)"/.exec(log)?.[1] ?? '';
    expect((await fetch(url)).status).toBe(200);
    expect(await stop(bots)).toBe(0);
    expect(log).toContain('stopping');
  });

  it('a pipeline that does not exist is refused by name', async () => {
    const home = join(mkdtempSync(join(tmpdir(), 'understudy-processes-')), 'home');
    const child = start(home, ['pipelines/main.ts', 'juggling']);
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(2);
    expect(said).toContain('collection, feature');
  });
});
