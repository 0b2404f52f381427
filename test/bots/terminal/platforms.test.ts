import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import manifest from '../../../bots/slack/manifest.json' with { type: 'json' };
import { type DiscordServer, startDiscordServer } from '../../servers/discord/server.ts';
import { type SlackServer, startSlackServer } from '../../servers/slack/server.ts';
import { command } from './command.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy-platforms-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

type Check = { readonly name: string; readonly verdict: string; readonly todo?: string };
const badOf = (document: Record<string, unknown> = {}) =>
  (document['checks'] as readonly Check[]).filter(({ verdict }) => verdict === 'bad');

describe('understudy slack', () => {
  let slack: SlackServer;
  beforeEach(async () => {
    slack = await startSlackServer({ manifest });
  });
  afterEach(() => slack.close());
  const variables = () => ({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  });

  test('doctor finds nothing wrong with an app made from the manifest', async () => {
    const { code, events } = await command(home, ['slack', 'doctor', '--json'], variables());
    expect(badOf(events()[0])).toEqual([]);
    expect(code).toBe(0);
  });

  test('doctor names a scope that is missing, and where to add it', async () => {
    slack.workspace.revokeScopes('im:history');
    const { code, stdout } = await command(home, ['slack', 'doctor'], variables());
    expect(code).toBe(1);
    expect(stdout).toContain('im:history');
    expect(stdout).toMatch(/OAuth & Permissions|manifest/u);
  });

  test('doctor without tokens says what to set', async () => {
    const { code, stderr } = await command(home, ['slack', 'doctor']);
    expect(code).toBe(2);
    expect(stderr).toContain('SLACK_BOT_TOKEN and SLACK_APP_TOKEN');
  });

  test('manifest prints what is pasted', async () => {
    const { code, stdout } = await command(home, ['slack', 'manifest']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(manifest);
  });
});

describe('understudy discord', () => {
  let discord: DiscordServer;
  beforeEach(async () => {
    discord = await startDiscordServer();
  });
  afterEach(() => discord.close());
  const variables = () => ({
    DISCORD_TOKEN: discord.bot.token,
    DISCORD_APPLICATION_ID: discord.bot.applicationId,
    DISCORD_API_URL: discord.apiUrl,
  });

  test('register shows the difference, writes it once, and then has nothing to do', async () => {
    const dry = await command(home, ['discord', 'register', '--dry-run'], variables());
    expect(dry.code).toBe(1);
    expect(dry.stdout).toContain('ask: added');
    expect(discord.commandWrites()).toBe(0);
    expect((await command(home, ['discord', 'register'], variables())).code).toBe(0);
    expect(discord.commands().map(({ name }) => name)).toContain('ask');
    const again = await command(home, ['discord', 'register', '--json'], variables());
    expect(again.events()).toEqual([{ changes: [], written: false }]);
    expect(discord.commandWrites()).toBe(1);
    expect(discord.violations).toEqual([]);
  });

  test('doctor wants the commands registered, and then finds nothing wrong', async () => {
    const before = await command(home, ['discord', 'doctor', '--json'], variables());
    expect(badOf(before.events()[0]).map(({ todo }) => todo)).toEqual([
      'understudy discord register',
    ]);
    await command(home, ['discord', 'register'], variables());
    const after = await command(home, ['discord', 'doctor', '--json'], variables());
    expect(badOf(after.events()[0])).toEqual([]);
    expect(after.code).toBe(0);
  });

  test('a wrong token is said to be wrong, and never shown', async () => {
    const wrong = { ...variables(), DISCORD_TOKEN: 'nobody.knows.this-token-at-all' };
    const { code, stdout } = await command(home, ['discord', 'doctor'], wrong);
    expect(code).toBe(1);
    expect(stdout).toContain('DISCORD_TOKEN');
    expect(stdout).not.toContain('nobody.knows');
  });
});
