import {
  type ChatInputCommandInteraction,
  type Message,
  MessageFlags,
  SlashCommandBuilder,
  type TextChannel,
} from 'discord.js';
import { expect, test } from 'vitest';
import { collect, connect, serve } from './discord/bot.ts';

const ASK = new SlashCommandBuilder()
  .setName('ask')
  .setDescription('Ask the twin')
  .setIntegrationTypes(0, 1)
  .setContexts(0, 1, 2)
  .addStringOption((option) =>
    option.setName('question').setDescription('What').setRequired(true).setMaxLength(50),
  )
  .addStringOption((option) =>
    option.setName('source').setDescription('Where').setAutocomplete(true),
  )
  .addBooleanOption((option) => option.setName('private').setDescription('Only for you'))
  .toJSON();

test('a mention is answered with a reply that grows, and every version is kept', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  client.on('messageCreate', async (message) => {
    if (message.author.bot || !message.mentions.has(client.user)) return;
    const answer = await message.reply('One');
    await answer.edit('One two');
    await answer.edit('One two three');
  });

  const asked = ada.says({ channel, content: `${discord.bot.mention} count` });
  const answer = await discord.until(() =>
    discord.messages(channel).find((one) => one.text === 'One two three'),
  );
  expect(answer.author).toEqual({ id: discord.bot.id, name: 'Understudy', bot: true });
  expect(answer.replyTo).toBe(asked.id);
  expect(answer.versions.map(({ text }) => text)).toEqual(['One', 'One two', 'One two three']);
  expect(answer.pinged).toEqual([]);
  expect(discord.violations).toEqual([]);
});

test('direct messages go both ways, and come from people who share no channel', async () => {
  const discord = await serve();
  const grace = discord.person('Grace');
  const client = await connect(discord);
  client.on('messageCreate', async (message) => {
    if (!message.author.bot) await message.channel.send?.(`heard: ${message.content}`);
  });
  grace.says({ channel: grace.dm(), content: 'psst' });
  await discord.until(() => discord.messages(grace.dm()).some((one) => one.text === 'heard: psst'));
  await client.users.send(grace.id, 'and another');
  expect(discord.messages(grace.dm()).at(-1)?.text).toBe('and another');
});

test('a slash command is deferred, filled in and followed up; only the asker sees what is private', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada', { locale: 'de' });
  const bob = guild.member('Bob');
  const client = await connect(discord);
  await client.application.commands.set([ASK]);
  client.on('interactionCreate', async (interaction) => {
    const command = interaction as ChatInputCommandInteraction;
    const hidden = command.options.getBoolean('private') ?? false;
    const deferral = hidden ? { flags: MessageFlags.Ephemeral as const } : {};
    const { resource } = await command.deferReply({ ...deferral, withResponse: true });
    expect(resource?.message?.flags.has(MessageFlags.Loading)).toBe(true);
    await command.editReply(`${command.options.getString('question')}? (${command.locale})`);
    const more = await command.followUp({ content: 'more', ...deferral });
    await command.deleteReply(more);
    await command.followUp({ content: 'sources', ...deferral });
  });

  const open = ada.runs({ channel, command: 'ask', options: { question: 'Why' } });
  expect(await open.acknowledged).toEqual({ kind: 'deferred', ephemeral: false });
  await discord.until(() => open.messages().at(-1)?.text === 'sources');
  expect(open.messages().map(({ text }) => text)).toEqual(['Why? (de)', 'sources']);
  expect(open.original()?.versions.map(({ text }) => text)).toEqual(['', 'Why? (de)']);
  expect(open.original()?.thinking).toBe(false);

  const hidden = ada.runs({ channel, command: 'ask', options: { question: 'Who', private: true } });
  expect(await hidden.acknowledged).toEqual({ kind: 'deferred', ephemeral: true });
  await discord.until(() => hidden.messages().at(-1)?.text === 'sources');
  expect(discord.ephemerals(ada).map(({ text }) => text)).toEqual(['Who? (de)', 'sources']);
  expect(discord.messages(channel, { seenBy: bob }).map(({ text }) => text)).toEqual([
    'Why? (de)',
    'sources',
  ]);
  expect(discord.unanswered()).toEqual([]);
  expect(discord.violations).toEqual([]);
});

test('what people and other bots change and delete reaches the bot', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const robot = guild.member('Robot', { bot: true });
  const client = await connect(discord);
  const created = collect(client, 'messageCreate', (one: Message) => [one.content, one.author.bot]);
  const updated = collect(client, 'messageUpdate', (_: Message, one: Message) => one.content);
  const deleted = collect(client, 'messageDelete', (one: Message) => one.id);
  const purged = collect(client, 'messageDeleteBulk', (all: Map<string, Message>) => all.size);
  const typing = collect(client, 'typingStart', () => true);

  const [first, second, third] = ['a', 'b', 'c'].map((content) => ada.says({ channel, content }));
  if (!first || !second || !third) throw new Error('three messages were said');
  robot.says({ channel, content: 'beep' });
  ada.types(channel);
  ada.edits(first, 'a, better');
  ada.deletes(second);
  ada.deletes([first, third]);
  await discord.until(() => purged.length > 0);
  expect(created).toEqual([
    ['a', false],
    ['b', false],
    ['c', false],
    ['beep', true],
  ]);
  expect([updated, deleted, purged, typing]).toEqual([['a, better'], [second.id], [2], [true]]);
  expect(discord.messages(channel).map(({ text }) => text)).toEqual(['beep']);
  expect(discord.messages(channel, { deleted: true })).toHaveLength(4);
  expect(() => ada.edits({ id: second.id, channelId: channel.id }, 'again')).toThrow(
    'sees no message',
  );
});

test('files travel both ways', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const client = await connect(discord);
  const received = collect(
    client,
    'messageCreate',
    (one: Message) => one.attachments.first()?.name,
  );
  const attachments = [{ filename: 'plan.txt', text: 'three acts' }];
  guild.member('Ada').says({ channel, content: 'see', attachments });
  await discord.until(() => received.length > 0);
  expect(received).toEqual(['plan.txt']);
  const there = client.channels.cache.get(channel.id) as TextChannel;
  await there.send({ files: [{ attachment: Buffer.from('long answer'), name: 'answer.md' }] });
  expect(discord.messages(channel).at(-1)?.attachments).toEqual([
    { filename: 'answer.md', text: 'long answer' },
  ]);
});
