import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { startDiscordServer } from '../../servers/discord/server.ts';
const discord = await startDiscordServer({ interactionDeadlineMs: 60000 });
const guild = discord.guild('T'); const channel = guild.channel('general'); const ada = guild.member('Ada');
const home = mkdtempSync('/tmp/zz-');
const child = spawn(process.execPath, ['bots/main.ts'], { env: { PATH: process.env.PATH, LOG_LEVEL: 'info', UNDERSTUDY_HOME: home, DISCORD_TOKEN: discord.bot.token, DISCORD_APPLICATION_ID: discord.bot.applicationId, DISCORD_API_URL: discord.apiUrl }, stdio: ['ignore', 'pipe', 'pipe'] });
child.stdout.on('data', (d) => console.log(String(d).trim().slice(0, 400)));
child.stderr.on('data', (d) => console.log('ERR', String(d).trim().slice(0, 600)));
await discord.until(() => discord.gateway.connected().length > 0);
await new Promise((r) => setTimeout(r, 1500));
const q = ada.says({ channel, content: `${discord.bot.mention} what about bread?` });
await new Promise((r) => setTimeout(r, 1500));
console.log(discord.messages(q.id).map((m) => m.text));
if (process.argv[2]) { discord.gateway[process.argv[2]](process.argv[3] && JSON.parse(process.argv[3])); await new Promise((r) => setTimeout(r, Number(process.argv[4] ?? 3000))); }
console.log('SIGTERM'); const t = performance.now();
child.kill('SIGTERM');
setTimeout(() => { console.log('KILL'); child.kill('SIGKILL'); }, 30000).unref();
child.on('exit', async (code) => { console.log('exit', code, Math.round(performance.now() - t)); await discord.close(); process.exit(0); });
