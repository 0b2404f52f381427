import { ApplicationCommandType, ContextMenuCommandBuilder, SlashCommandBuilder } from 'discord.js';
import { expect, test } from 'vitest';
import { connect, serve } from './bot.ts';

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

const ASK_ABOUT = new ContextMenuCommandBuilder()
  .setName('Ask about this')
  .setType(ApplicationCommandType.Message)
  .toJSON();

test('the client of a person refuses what Discord’s client would refuse', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  await client.application.commands.set([ASK]);
  const runs = (options: Record<string, string | boolean>) => () =>
    ada.runs({ channel, command: 'ask', options });
  expect(runs({})).toThrow('needs its option question');
  expect(runs({ question: 'x'.repeat(51) })).toThrow('too long');
  expect(runs({ question: true })).toThrow('takes a string');
  expect(runs({ question: 'x', colour: 'red' })).toThrow('has no option colour');
  expect(() => ada.runs({ channel, command: 'sing' })).toThrow('sees no command');
  expect(() =>
    ada.runs({ channel: discord.group(ada), command: 'ask', options: { question: 'x' } }),
  ).toThrow('not installed');
});

test('autocomplete offers what the bot answers for what is typed', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const client = await connect(discord);
  await client.application.commands.set([ASK]);
  client.on('interactionCreate', async (interaction) => {
    if (!interaction.isAutocomplete()) return;
    const { name, value } = interaction.options.getFocused(true);
    await interaction.respond([{ name: `${name} ${value}`, value: 'handbook' }]);
  });
  const ada = guild.member('Ada');
  const typed = { channel, command: 'ask', option: 'source', typed: 'han' } as const;
  expect(await ada.completes(typed)).toEqual([{ name: 'source han', value: 'handbook' }]);
});

test('a message command carries the message it was used on', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const client = await connect(discord);
  await client.application.commands.set([ASK_ABOUT]);
  client.on('interactionCreate', async (interaction) => {
    if (!interaction.isMessageContextMenuCommand()) return;
    await interaction.reply(`about: ${interaction.targetMessage.content}`);
  });
  const said = guild.member('Bob').says({ channel, content: 'the third act' });
  const asked = guild
    .member('Ada')
    .usesMessageCommand({ command: 'Ask about this', message: said });
  expect(await asked.acknowledged).toEqual({ kind: 'message', ephemeral: false });
  expect(asked.original()?.text).toBe('about: the third act');
});

test('commands are registered idempotently: the same id, and a count of every write', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const client = await connect(discord);
  const { commands } = client.application;
  await commands.set([ASK, ASK_ABOUT]);
  const before = discord.commands();
  await commands.set([ASK, ASK_ABOUT]);
  expect(discord.commands().map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(discord.commandWrites()).toBe(2);
  const fetched = await commands.fetch();
  expect(fetched.find(({ name }) => name === 'ask')?.options.map(({ name }) => name)).toEqual([
    'question',
    'source',
    'private',
  ]);

  const own = await commands.create({ name: 'sing', description: 'Sing' }, guild.id);
  await commands.edit(own.id, { description: 'Sing loudly' }, guild.id);
  expect((await commands.fetch({ guildId: guild.id })).map((one) => one.description)).toEqual([
    'Sing loudly',
  ]);
  await commands.delete(own.id, guild.id);
  await commands.set([ASK]);
  expect(discord.commands(guild)).toEqual([]);
  expect(discord.commands().map(({ name }) => name)).toEqual(['ask']);
  await expect(commands.delete(own.id)).rejects.toMatchObject({ code: 10_063 });
});
