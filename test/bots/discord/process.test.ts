import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startDiscordServer } from '../../servers/discord/server.ts';

const script = join(import.meta.dirname, '../../../bots/main.ts');

/** The product's own process, connected to a Discord on this machine. */
async function startProcess() {
  const discord = await startDiscordServer({ interactionDeadlineMs: 60_000 });
  const home = await mkdtemp(join(tmpdir(), 'understudy-discord-'));
  const { PATH = '' } = process.env;
  const bots = spawn(process.execPath, [script], {
    env: {
      PATH,
      UNDERSTUDY_HOME: home,
      DISCORD_TOKEN: discord.bot.token,
      DISCORD_APPLICATION_ID: discord.bot.applicationId,
      DISCORD_API_URL: discord.apiUrl,
    },
    stdio: 'ignore',
  });
  const exited = once(bots, 'exit');
  onTestFinished(async () => {
    bots.kill('SIGKILL');
    await exited;
    await discord.close();
    await rm(home, { recursive: true, force: true });
  });
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  await discord.until(() => discord.gateway.connected().length > 0, { timeoutMs: 60_000 });
  /** Waits until the bot is there for people: an honest line is an answer too. */
  const answered = async (words: string) => {
    const content = `${discord.bot.mention} ${words}`;
    const { id } = ada.says({ channel, content });
    await discord.until(() => discord.messages(id).length > 0, { timeoutMs: 60_000 });
  };
  return { discord, bots, exited, answered };
}

it('the process answers, and ends in order', { timeout: 120_000 }, async () => {
  const { bots, exited, answered, discord } = await startProcess();
  await answered('how hot is the oven?');
  bots.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(discord.violations).toEqual([]);
});

it.each([
  ['has lost its session', 'invalidate'],
  ['is reconnecting', 'cut'],
] as const)('a process that %s ends in order too', { timeout: 120_000 }, async (_what, act) => {
  const { bots, exited, answered, discord } = await startProcess();
  await answered('how hot is the oven?');
  if (act === 'invalidate') discord.gateway.invalidate(false);
  else discord.gateway.cut();
  await discord.until(() => discord.gateway.connected().length === 0);
  bots.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
