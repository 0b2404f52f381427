import { GatewayIntentBits, type Message, type WebSocketOptions } from 'discord.js';
import { expect, test } from 'vitest';
import { collect, connect, createClient, INTENTS, serve } from './bot.ts';
import type { DiscordOptions } from './server.ts';

/** A bot that hears what Ada says. */
async function listening(
  options: DiscordOptions = {},
  intents = INTENTS,
  ws: WebSocketOptions = {},
) {
  const discord = await serve(options);
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord, { intents, ws });
  const heard = collect(client, 'messageCreate', (one: Message) => one.content);
  const say = (content: string) => ada.says({ channel, content });
  return { discord, guild, channel, ada, client, heard, say };
}

test('a wrong token and intents that are not granted are refused', async () => {
  const discord = await serve({ privileged: { messageContent: false } });
  const codes: number[] = [];
  const refused = createClient(discord);
  refused.on('shardDisconnect', ({ code }) => void codes.push(code));
  refused.login(discord.bot.token).catch(() => undefined);
  await discord.until(() => codes.length === 1);
  expect(codes).toEqual([4014]);
  await expect(createClient(discord).login('wrong')).rejects.toMatchObject({
    code: 'TokenInvalid',
  });
});

test('without the intent the bot reads only what is said to it', async () => {
  const granted = INTENTS.filter((one) => one !== GatewayIntentBits.MessageContent);
  const { discord, heard, say, ada } = await listening({}, granted);
  say('not for you');
  say(`${discord.bot.mention} for you`);
  ada.says({ channel: ada.dm(), content: 'between us' });
  await discord.until(() => heard.length === 3);
  expect(heard).toEqual(['', `${discord.bot.mention} for you`, 'between us']);
});

test('a session without an intent is not told of what the intent is for', async () => {
  const { discord, heard, say, ada } = await listening({}, [
    GatewayIntentBits.Guilds,
    GatewayIntentBits.DirectMessages,
  ]);
  say('in the guild');
  ada.says({ channel: ada.dm(), content: 'direct' });
  await discord.until(() => heard.length > 0);
  expect(heard).toEqual(['direct']);
});

test.each([
  ['the connection breaks', 'cut'],
  ['it is told to reconnect', 'reconnect'],
  ['the session can be resumed', 'invalidate'],
  ['it is closed with 4000', 'close'],
] as const)('nothing is lost or doubled when %s', async (_name, what) => {
  const { discord, client, heard, say } = await listening();
  say('before');
  await discord.until(() => heard.length === 1);
  if (what === 'invalidate') discord.gateway.invalidate(true);
  else if (what === 'close') discord.gateway.close(4000);
  else discord.gateway[what]();
  say('meanwhile');
  say('still');
  await discord.until(() => heard.length === 3 && discord.gateway.counts.resumed === 1);
  say('after');
  await discord.until(() => heard.length === 4);
  expect(heard).toEqual(['before', 'meanwhile', 'still', 'after']);
  expect([discord.gateway.counts.identified, client.isReady()]).toEqual([1, true]);
});

test.each(['invalidate', 'refuseResume'] as const)(
  'a lost session (%s) is begun anew, and what happened in between is lost',
  async (what) => {
    // The library waits five seconds between two identifications, as Discord wants it.
    const atOnce = { waitForIdentify: async () => undefined };
    const ws = { buildIdentifyThrottler: async () => atOnce };
    const { discord, heard, say } = await listening({}, INTENTS, ws);
    if (what === 'invalidate') discord.gateway.invalidate(false);
    else {
      discord.gateway.refuseResume();
      discord.gateway.cut();
    }
    say('unheard');
    await discord.until(() => discord.gateway.counts.identified === 2);
    expect(discord.gateway.counts).toMatchObject({ resumed: 0, invalidated: 1 });
    await discord.until(() => discord.gateway.connected().length === 1);
    say('heard');
    await discord.until(() => heard.length > 0);
    expect(heard).toEqual(['heard']);
  },
);

test('a zombie is noticed by its missing acknowledgements, and left', async () => {
  const { discord, heard, say } = await listening({ heartbeatIntervalMs: 200 });
  await discord.until(() => discord.gateway.counts.heartbeats > 0);
  discord.gateway.stopAcking();
  await discord.until(() => discord.gateway.connected().length === 0);
  say('meanwhile');
  discord.gateway.startAcking();
  await discord.until(() => heard.length === 1);
  expect(discord.gateway.counts.resumed).toBeGreaterThan(0);
});

test('a heartbeat that is asked for comes at once', async () => {
  const { discord } = await listening({ heartbeatIntervalMs: 60_000 });
  const before = discord.gateway.counts.heartbeats;
  discord.gateway.requestHeartbeat();
  await discord.until(() => discord.gateway.counts.heartbeats > before);
});

test('events come twice, again after a resume, and in the wrong order when a test says so', async () => {
  const { discord, client, say } = await listening();
  // discord.js keeps to itself a second MESSAGE_CREATE of what it has in its cache.
  const raw: string[] = [];
  client.on('raw', ({ t, d }: { t: string; d: { content: string } }) => {
    if (t === 'MESSAGE_CREATE') raw.push(d.content);
  });
  discord.gateway.duplicateNext('MESSAGE_CREATE');
  say('a');
  await discord.until(() => raw.length === 2);
  discord.gateway.duplicateEvery(2, 'MESSAGE_CREATE');
  say('b');
  say('c');
  await discord.until(() => raw.length === 5);
  discord.gateway.redeliverOnResume(1);
  discord.gateway.cut();
  await discord.until(() => raw.length === 6);
  discord.gateway.swapNext('MESSAGE_CREATE');
  say('d');
  say('e');
  await discord.until(() => raw.includes('d'));
  expect(raw.join('')).toMatch(/^aabcccee?d$/);
});

test('each shard is told of its own guilds, the first of direct messages', async () => {
  const discord = await serve({ shards: 2 });
  const guilds = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => discord.guild(name));
  const client = await connect(discord, { shards: 'auto' });
  expect(discord.gateway.connected().map(({ shard }) => shard)).toEqual([0, 1]);
  const byShard = client.guilds.cache.map((guild) => [guild.id, guild.shardId]);
  expect(byShard.toSorted()).toEqual(
    guilds.map(({ id }) => [id, Number((BigInt(id) >> 22n) % 2n)]).toSorted(),
  );
  const shards = collect(client, 'messageCreate', (one: Message) => one.content);
  for (const guild of guilds) {
    guild.member('Ada').says({ channel: guild.channel('general'), content: guild.name });
  }
  await discord.until(() => shards.length === guilds.length);
  expect(shards.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});
