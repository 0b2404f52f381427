import { describe, expect, it, onTestFinished } from 'vitest';
import { commandDefinitions } from '../../../bots/discord/commands/definitions.ts';
import type { DiscordConfig } from '../../../bots/discord/config.ts';
import { checkDiscord } from '../../../bots/discord/doctor.ts';
import { registerCommands } from '../../../bots/discord/register.ts';
import { type DiscordOptions, startDiscordServer } from '../../servers/discord/server.ts';

async function setUp(options: DiscordOptions = {}, change: Partial<DiscordConfig> = {}) {
  const discord = await startDiscordServer(options);
  onTestFinished(async () => {
    await discord.close();
    expect(discord.violations).toEqual([]);
  });
  const config: DiscordConfig = {
    token: discord.bot.token,
    applicationId: discord.bot.applicationId,
    messageContent: true,
    http: null,
    gateway: true,
    apiUrl: discord.apiUrl,
    ...change,
  };
  const put = (commands: unknown) =>
    fetch(`${discord.apiUrl}/v10/applications/${discord.bot.applicationId}/commands`, {
      method: 'PUT',
      headers: { authorization: `Bot ${discord.bot.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(commands),
    });
  return { discord, config, put };
}

describe('registering commands', () => {
  it('makes Discord know all of them, once', async () => {
    const { discord, config } = await setUp();
    const first = await registerCommands(config, { dryRun: false });
    expect(first.written).toBe(true);
    expect(first.changes.every(({ change }) => change === 'added')).toBe(true);
    const names = discord.commands().map(({ name }) => name);
    expect(names.sort()).toEqual(
      commandDefinitions()
        .map(({ name }) => name)
        .sort(),
    );
    expect(await registerCommands(config, { dryRun: false })).toEqual({
      changes: [],
      written: false,
    });
    expect(discord.commandWrites()).toBe(1);
  });

  it('only looks in a dry run', async () => {
    const { discord, config } = await setUp();
    const looked = await registerCommands(config, { dryRun: true });
    expect(looked).toMatchObject({ written: false });
    expect(looked.changes).toHaveLength(commandDefinitions().length);
    expect(discord.commandWrites()).toBe(0);
  });

  it('says what differs, and mends it', async () => {
    const { config, put } = await setUp();
    const [ask, ...others] = commandDefinitions();
    await put([
      { ...ask, description: 'Something else', options: [] },
      ...others.slice(1),
      { name: 'stray', description: 'Not ours' },
    ]);
    const { changes } = await registerCommands(config, { dryRun: false });
    expect(changes).toEqual([
      { name: 'ask', change: 'changed', fields: ['description', 'options'] },
      { name: 'sources', change: 'added', fields: [] },
      { name: 'stray', change: 'removed', fields: [] },
    ]);
    expect((await registerCommands(config, { dryRun: true })).changes).toEqual([]);
  });

  it('keeps within Discord’s limits in every language', () => {
    const texts = commandDefinitions().flatMap(function read(value: unknown): readonly string[] {
      if (typeof value === 'string') return [value];
      return typeof value === 'object' && value !== null ? Object.values(value).flatMap(read) : [];
    });
    expect(Math.max(...texts.map((words) => words.length))).toBeLessThanOrEqual(100);
    expect(texts.filter((words) => words.trim() === '')).toEqual([]);
  });
});

describe('the doctor', () => {
  const bad = async (config: DiscordConfig) =>
    (await checkDiscord(config)).filter(({ verdict }) => verdict === 'bad').map(({ name }) => name);

  it('finds nothing wrong where nothing is, and shows how to install', async () => {
    const { config, discord } = await setUp();
    await registerCommands(config, { dryRun: false });
    const findings = await checkDiscord(config);
    expect(findings.filter(({ verdict }) => verdict !== 'good')).toEqual([]);
    const install = findings.find(({ name }) => name === 'Install');
    expect(install?.found).toContain(`client_id=${discord.bot.applicationId}`);
    expect(install?.found).toContain('permissions=309237713920');
  });

  it('finds a token that is not good', async () => {
    const { config, discord } = await setUp();
    expect(await bad({ ...config, token: 'wrong.token.altogether' })).toEqual(['Token']);
    discord.violations.length = 0;
  });

  it('finds the token of another application', async () => {
    const { config } = await setUp();
    await registerCommands(config, { dryRun: false });
    expect(await bad({ ...config, applicationId: '123456789012345678' })).toEqual(['Application']);
  });

  it('finds an intent that is not switched on', async () => {
    const { config } = await setUp({ privileged: { messageContent: false } });
    await registerCommands(config, { dryRun: false });
    expect(await bad(config)).toEqual(['Message Content']);
    expect(await bad({ ...config, messageContent: false })).toEqual([]);
  });

  it('finds commands that are missing', async () => {
    const { config } = await setUp();
    const findings = await checkDiscord(config);
    const commands = findings.find(({ name }) => name === 'Commands');
    expect(commands).toMatchObject({ verdict: 'bad', todo: 'understudy discord register' });
    expect(commands?.found).toContain('ask is missing');
  });

  it('finds another application’s public key', async () => {
    const { config } = await setUp();
    await registerCommands(config, { dryRun: false });
    const http = { publicKey: 'ab'.repeat(32), port: 0, host: '127.0.0.1' };
    expect(await bad({ ...config, http })).toContain('Public key');
  });

  it('says so when Discord is not there', async () => {
    const { config, discord } = await setUp();
    await discord.close();
    expect(await bad(config)).toEqual(['Discord']);
  });
});
