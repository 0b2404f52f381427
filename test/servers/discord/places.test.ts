import { ChannelType, type Guild, Partials, SlashCommandBuilder } from 'discord.js';
import { expect, test } from 'vitest';
import { collect, connect, INTENTS, serve } from './bot.ts';

const ASK = new SlashCommandBuilder().setName('ask').setDescription('Ask').setIntegrationTypes(1);

test('a bot is kicked and invited again, and a guild goes down and comes back', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const client = await connect(discord);
  const deleted = collect(client, 'guildDelete', (one: Guild) => one.name);
  const created = collect(client, 'guildCreate', (one: Guild) => one.name);
  const down = collect(client, 'guildUnavailable', (one: Guild) => one.name);
  const back = collect(client, 'guildAvailable', (one: Guild) => one.name);
  guild.outage();
  guild.recover();
  await discord.until(() => back.length > 0);
  guild.kickBot();
  await discord.until(() => deleted.length > 0);
  await expect(client.rest.get(`/channels/${channel.id}`)).rejects.toMatchObject({ code: 50_001 });
  guild.inviteBot();
  await discord.until(() => created.length > 0);
  expect([down, back, deleted, created]).toEqual([
    ['Theatre'],
    ['Theatre'],
    ['Theatre'],
    ['Theatre'],
  ]);
});

test('new channels, deleted channels and permissions reach the bot as they are', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const client = await connect(discord);
  const seen = client.guilds.cache.get(guild.id);
  const channel = guild.channel('late');
  await discord.until(() => seen?.channels.cache.has(channel.id));
  const there = seen?.channels.cache.get(channel.id);
  if (there?.type !== ChannelType.GuildText) throw new Error('a text channel was made');
  const may = (name: 'SendMessages' | 'AttachFiles') =>
    there.permissionsFor(client.user)?.has(name);
  expect(may('SendMessages')).toBe(true);
  guild.denyBot(channel, ['SendMessages']);
  await discord.until(() => may('SendMessages') === false);
  guild.denyBot(channel, []);
  guild.restrictBot(['AttachFiles']);
  await discord.until(() => may('SendMessages') && may('AttachFiles') === false);
  guild.deleteChannel(channel);
  await discord.until(() => !seen?.channels.cache.has(channel.id));
  await expect(client.rest.get(`/channels/${channel.id}`)).rejects.toMatchObject({ code: 10_003 });
});

test('the bot looks up itself, its guilds, their members, roles, channels and messages', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada', { roles: ['Stage'] });
  const client = await connect(discord);
  const seen = await client.guilds.fetch({ guild: guild.id, force: true });
  const member = await seen.members.fetch({ user: ada.id, force: true });
  await seen.roles.fetch();
  expect(member.roles.cache.map(({ name }) => name)).toContain('Stage');
  expect(member.permissions.has('ManageGuild')).toBe(false);
  guild.role('Stage', ['ManageGuild']);
  await discord.until(() => member.permissions.has('ManageGuild'));
  expect((await seen.fetchOwner()).id).toBe(guild.owner.id);
  expect((await seen.members.fetchMe({ force: true })).id).toBe(discord.bot.id);
  expect(seen.members.me?.roles.botRole?.name).toBe('Understudy');
  await seen.members.me?.setNickname('Prompter');
  expect([...(await seen.channels.fetch()).keys()]).toEqual([channel.id]);
  expect((await client.guilds.fetch()).map(({ name }) => name)).toEqual(['Theatre']);
  expect((await client.application.fetch()).name).toBe('Understudy');
  expect((await client.users.fetch(ada.id, { force: true })).globalName).toBe('Ada');
  const stranger = discord.person('Grace');
  expect(() => stranger.says({ channel, content: 'hi' })).toThrow('is not in general');
  const ids = ['1', '2', '3', '4'].map((content) => ada.says({ channel, content }).id);
  const there = await client.channels.fetch(channel.id);
  if (there?.type !== ChannelType.GuildText) throw new Error('a text channel was made');
  const page = async (options: {
    limit: number;
    before?: string;
    after?: string;
    around?: string;
  }) => (await there.messages.fetch({ ...options, cache: false })).map(({ content }) => content);
  expect(await page({ limit: 2 })).toEqual(['4', '3']);
  expect(await page({ limit: 2, before: ids[2] ?? '' })).toEqual(['2', '1']);
  expect(await page({ limit: 2, after: ids[0] ?? '' })).toEqual(['3', '2']);
  expect(await page({ limit: 3, around: ids[1] ?? '' })).toEqual(['3', '2', '1']);
  await there.sendTyping();
  expect(discord.typing(channel)).toBe(1);
  expect(discord.violations).toEqual([]);
});

test('an app that a person installed for themselves answers outside of its guilds', async () => {
  const discord = await serve();
  const foreign = discord.guild('Opera', { bot: false });
  const ada = foreign.member('Ada', { installed: true });
  const hall = foreign.channel('hall');
  const group = discord.group(ada, discord.person('Grace'));
  const client = await connect(discord, { intents: INTENTS, partials: [Partials.Channel] });
  await client.application.commands.set([ASK.setContexts(0, 1, 2).toJSON()]);
  const where: unknown[] = [];
  client.on('interactionCreate', async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    where.push([
      interaction.context,
      interaction.authorizingIntegrationOwners[1],
      interaction.inGuild(),
    ]);
    await interaction.deferReply();
    await interaction.editReply('here too');
  });
  for (const channel of [hall, group, ada.dm()]) {
    const asked = ada.runs({ channel, command: 'ask' });
    await discord.until(() => asked.original()?.text === 'here too');
  }
  expect(where).toEqual([
    [0, ada.id, true],
    [2, ada.id, false],
    [1, ada.id, false],
  ]);
  // Its token opens the answer, but not the channel.
  await expect(client.rest.get(`/channels/${hall.id}`)).rejects.toMatchObject({ code: 50_001 });
  await expect(client.rest.get(`/channels/${group.id}`)).rejects.toMatchObject({ code: 50_001 });
});
