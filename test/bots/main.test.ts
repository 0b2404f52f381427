import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import manifest from '../../bots/slack/manifest.json' with { type: 'json' };
import { freePort } from '../servers/child.ts';
import { type DiscordServer, startDiscordServer } from '../servers/discord/server.ts';
import { type SlackServer, startSlackServer, visibleText } from '../servers/slack/server.ts';
import { command } from './terminal/command.ts';

/** The bots' process as a deployment starts it, with other addresses for Slack and Discord and nothing else changed. */
const main = join(import.meta.dirname, '../../bots/main.ts');
const question = 'Which flour wants more water?';
const answer = 'Rye flour wants more water than wheat flour.';

let folder: string;
let slack: SlackServer;
let discord: DiscordServer;
let running: ChildProcess[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-bots-'));
  mkdirSync(join(folder, 'posts'));
  writeFileSync(join(folder, 'posts/rye.md'), `# Rye\n\n${answer} It also keeps longer.\n`);
  await command(join(folder, 'home'), ['collect', join(folder, 'posts')]);
  await command(join(folder, 'home'), ['features']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  running = [];
  slack = await startSlackServer({ manifest, ackDeadlineMs: 60_000 });
  discord = await startDiscordServer({ interactionDeadlineMs: 60_000 });
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await slack.close();
  await discord.close();
});

type Bots = { readonly child: ChildProcess; readonly log: () => string };

function startBots(variables: Readonly<Record<string, string>> = {}, cwd = folder): Bots {
  const child = spawn(process.execPath, [main], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      UNDERSTUDY_HOME: join(folder, 'home'),
      LOG_LEVEL: 'info',
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
      DISCORD_TOKEN: discord.bot.token,
      DISCORD_APPLICATION_ID: discord.bot.applicationId,
      DISCORD_API_URL: discord.apiUrl,
      ...variables,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  return { child, log: () => log };
}

/** Polls: another process says only in its log that it is connected. */
async function connected({ log }: Bots): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (/connected: Slack/u.test(log()) && /connected: Discord/u.test(log())) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The bots never connected:\n${log()}`);
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = await exit;
  return code;
}

const answersIn = (thread: string) =>
  slack.workspace
    .messages('C1', thread)
    .map(visibleText)
    .filter((text) => text.includes(answer));

describe('the bots’ process', () => {
  test('answers on both platforms, and ends in order on SIGTERM', async () => {
    const bots = startBots();
    await connected(bots);
    const asked = slack.workspace.user('U1').mentions({ channel: 'C1', text: question });
    await slack.until(() => answersIn(asked.ts).length > 0, 30_000);
    const guild = discord.guild('Bakery');
    const channel = guild.channel('bread');
    guild.member('Ada').says({ channel, content: `${discord.bot.mention} ${question}` });
    const seen = await discord.until(
      () =>
        [channel, ...discord.threads(channel)]
          .flatMap((place) => discord.messages(place))
          .find(({ author, text }) => author.bot && text.includes(answer)),
      { timeoutMs: 30_000 },
    );
    expect(seen.thinking).toBe(false);
    expect(await ended(bots.child, 'SIGTERM')).toBe(0);
    expect(answersIn(asked.ts)).toHaveLength(1);
    expect(slack.violations).toEqual([]);
    expect(discord.violations).toEqual([]);
  });

  test.each([
    ['before anything stood there', { kind: 'timeout', when: 'before' }],
    ['after the answer was posted, before it was known where', { kind: 'timeout', when: 'after' }],
  ] as const)('killed %s, it answers after the restart, once', async (_, fault) => {
    const first = startBots();
    await connected(first);
    slack.faults.next('chat.startStream', fault);
    const asked = slack.workspace.user('U1').mentions({ channel: 'C1', text: question });
    await slack.until(() => slack.callsOf('chat.startStream').length > 0, 30_000);
    if (fault.when === 'after') {
      await slack.until(() => slack.workspace.messages('C1', asked.ts).length > 1);
    }
    await ended(first.child, 'SIGKILL');
    slack.faults.clear();

    const second = startBots();
    await connected(second);
    await slack.until(() => answersIn(asked.ts).some((text) => text.includes('Sources')), 30_000);
    expect(await ended(second.child, 'SIGTERM')).toBe(0);
    const own = slack.workspace
      .messages('C1', asked.ts)
      .filter(({ user }) => user === slack.workspace.bot.user);
    expect(own.map(visibleText).join('\n').split(answer)).toHaveLength(2);
    expect(own.some(({ stream }) => stream?.state === 'in_progress')).toBe(false);
  });

  test('says how it is on a port of its own, for whoever runs it', async () => {
    const port = await freePort();
    const bots = startBots({ UNDERSTUDY_HEALTH_PORT: String(port) });
    await connected(bots);
    const asked = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    await vi.waitFor(async () => expect((await asked('/health/live')).status).toBe(200), {
      timeout: 10_000,
    });
    const ready = await asked('/health/ready');
    expect(ready.status).toBe(200);
    const checks = [
      { name: 'stores', ok: true },
      { name: 'index', ok: true },
    ];
    expect(await ready.json()).toMatchObject({ status: 'ready', checks });
    expect(await (await asked('/metrics')).text()).toContain('process_resident_memory_bytes');
    bots.child.kill('SIGTERM');
    await once(bots.child, 'exit');
    await expect(asked('/health/live')).rejects.toThrow();
  });

  test('reads the .env of the folder it is started in', async () => {
    const place = mkdtempSync(join(folder, 'place-'));
    writeFileSync(join(place, '.env'), 'SLACK_SIGNING_SECRET=short\n');
    const { child, log } = startBots({}, place);
    const [code] = await once(child, 'exit');
    expect(code).toBe(2);
    expect(log()).toContain('SLACK_SIGNING_SECRET');
  });

  test('says what is wrong with a token, and does not start without the platform', async () => {
    const { child, log } = startBots({ SLACK_BOT_TOKEN: 'xoxb-of-nobody' });
    const [code] = await once(child, 'exit');
    expect(code).toBe(3);
    expect(log()).toContain('understudy slack doctor');
    expect(log()).not.toContain('xoxb-of-nobody');
  });
});
