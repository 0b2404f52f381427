import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  ContainerBuilder,
  type Interaction,
  LabelBuilder,
  MentionableSelectMenuBuilder,
  MessageFlags,
  ModalBuilder,
  SectionBuilder,
  SeparatorBuilder,
  SlashCommandBuilder,
  StringSelectMenuBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { expect, test } from 'vitest';
import { connect, serve } from './bot.ts';
import { visibleText } from './server.ts';

const layout = () =>
  new ContainerBuilder()
    .addTextDisplayComponents(new TextDisplayBuilder().setContent('The answer'))
    .addSeparatorComponents(new SeparatorBuilder())
    .addSectionComponents(
      new SectionBuilder()
        .addTextDisplayComponents(new TextDisplayBuilder().setContent('1. The handbook'))
        .setButtonAccessory(
          new ButtonBuilder()
            .setStyle(ButtonStyle.Link)
            .setLabel('Open')
            .setURL('https://example.org/1'),
        ),
    )
    .addActionRowComponents(
      new ActionRowBuilder<ButtonBuilder>().addComponents(
        new ButtonBuilder().setStyle(ButtonStyle.Secondary).setCustomId('bad').setEmoji('👎'),
        new ButtonBuilder().setStyle(ButtonStyle.Primary).setCustomId('more').setLabel('More'),
        new ButtonBuilder()
          .setStyle(ButtonStyle.Primary)
          .setCustomId('gone')
          .setLabel('Gone')
          .setDisabled(true),
      ),
    )
    .addActionRowComponents(
      new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(
        new StringSelectMenuBuilder()
          .setCustomId('length')
          .setPlaceholder('Length')
          .addOptions({ label: 'Short', value: 'short' }, { label: 'Long', value: 'long' }),
      ),
    );

const modal = () =>
  new ModalBuilder()
    .setCustomId('why')
    .setTitle('What went wrong?')
    .addLabelComponents(
      new LabelBuilder()
        .setLabel('In your words')
        .setTextInputComponent(
          new TextInputBuilder()
            .setCustomId('words')
            .setStyle(TextInputStyle.Paragraph)
            .setMaxLength(20),
        ),
      new LabelBuilder()
        .setLabel('Kind')
        .setStringSelectMenuComponent(
          new StringSelectMenuBuilder()
            .setCustomId('kind')
            .addOptions({ label: 'Wrong', value: 'wrong' }, { label: 'Rude', value: 'rude' }),
        ),
    );

async function respond(interaction: Interaction): Promise<unknown> {
  if (interaction.isStringSelectMenu()) {
    await interaction.deferUpdate();
    return interaction.editReply({
      components: [new TextDisplayBuilder().setContent(`Now ${interaction.values.join()}`)],
    });
  }
  if (interaction.isModalSubmit()) {
    const words = interaction.fields.getTextInputValue('words');
    const [kind] = interaction.fields.getStringSelectValues('kind');
    return interaction.reply({ content: `${kind}: ${words}`, flags: MessageFlags.Ephemeral });
  }
  if (!interaction.isButton()) return;
  if (interaction.customId === 'bad') return interaction.showModal(modal());
  return interaction.update({
    components: [new TextDisplayBuilder().setContent('More of the answer')],
    flags: MessageFlags.IsComponentsV2,
  });
}

async function stage() {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  client.on('interactionCreate', respond);
  const there = await client.channels.fetch(channel.id);
  if (!there?.isSendable()) throw new Error('a text channel was made');
  await there.send({ components: [layout()], flags: MessageFlags.IsComponentsV2 });
  const message = discord.messages(channel)[0];
  if (!message) throw new Error('a message was sent');
  return { discord, channel, ada, guild, message, client, there };
}

test('a layout shows its text and its controls', async () => {
  const { message } = await stage();
  expect(message.text).toBe('The answer\n1. The handbook');
  expect(visibleText(message)).toBe(message.text);
  expect(message.controls.map(({ kind, label, disabled }) => [kind, label, disabled])).toEqual([
    ['link', 'Open', false],
    ['button', '👎', false],
    ['button', 'More', false],
    ['button', 'Gone', true],
    ['select', 'Length', false],
  ]);
});

test('a button updates the message it sits on', async () => {
  const { discord, ada, message } = await stage();
  const pressed = ada.presses(message, 'More');
  expect(await pressed.acknowledged).toEqual({ kind: 'update' });
  expect(pressed.original()?.id).toBe(message.id);
  expect(discord.message(message)?.versions.map(({ text }) => text)).toEqual([
    'The answer\n1. The handbook',
    'More of the answer',
  ]);
  expect(discord.violations).toEqual([]);
});

test('a select hands over its values; its deferred update changes the message later', async () => {
  const { discord, ada, message } = await stage();
  const selected = ada.selects(message, 'length', ['long']);
  expect(await selected.acknowledged).toEqual({ kind: 'deferred-update' });
  await discord.until(() => discord.message(message)?.text === 'Now long');
  expect(() => ada.selects(message, 'length', ['long'])).toThrow('sees no select');
});

test('a button opens a modal, whose values come back under their labels', async () => {
  const { discord, ada, guild, message } = await stage();
  const opened = await ada.presses(message, 'bad').acknowledged;
  if (opened.kind !== 'modal') throw new Error(`a modal was expected, not ${opened.kind}`);
  expect(discord.modals(ada).map(({ title }) => title)).toEqual(['What went wrong?']);
  expect(() => ada.submits(opened.modal, { words: 'no' })).toThrow('needs a choice for kind');
  expect(() => ada.submits(opened.modal, { words: 'x'.repeat(21), kind: 'rude' })).toThrow(
    'too long',
  );
  expect(() => guild.member('Bob').submits(opened.modal, {})).toThrow('sees no such modal');
  const submitted = ada.submits(opened.modal, { words: 'not so', kind: 'wrong' });
  expect(await submitted.acknowledged).toEqual({ kind: 'message', ephemeral: true });
  expect(discord.ephemerals(ada).map(({ text }) => text)).toEqual(['wrong: not so']);
  expect(discord.violations).toEqual([]);
});

test('nobody presses what they do not see or what is disabled', async () => {
  const { ada, guild, message } = await stage();
  expect(() => ada.presses(message, 'Gone')).toThrow('disabled');
  expect(() => ada.presses(message, 'Open')).toThrow('sees no button');
  const opened = await ada.presses(message, '👎').acknowledged;
  if (opened.kind !== 'modal') throw new Error(`a modal was expected, not ${opened.kind}`);
  const hidden = ada.submits(opened.modal, { words: 'no', kind: 'rude' });
  await hidden.acknowledged;
  const answer = hidden.original();
  if (!answer) throw new Error('the modal was answered');
  expect(() => guild.member('Bob').presses(answer, 'x')).toThrow('sees no message');
});

test('people, roles and channels that are selected or named come along', async () => {
  const { discord, channel, ada, guild, client, there } = await stage();
  const picker = new ActionRowBuilder<MentionableSelectMenuBuilder>().addComponents(
    new MentionableSelectMenuBuilder().setCustomId('who').setMaxValues(2),
  );
  await client.application.commands.set([
    new SlashCommandBuilder()
      .setName('in')
      .setDescription('In')
      .addChannelOption((option) => option.setName('where').setDescription('Where'))
      .toJSON(),
  ]);
  client.on('interactionCreate', async (interaction) => {
    if (interaction.isMentionableSelectMenu()) {
      const users = interaction.users.map(({ globalName }) => globalName);
      const roles = interaction.roles.map(({ name }) => name);
      await interaction.reply([...users, ...roles].join());
    } else if (interaction.isChatInputCommand()) {
      await interaction.reply(`${interaction.options.getChannel('where')?.name}`);
    }
  });
  const sent = await there.send({ components: [picker] });
  const ref = { id: sent.id, channelId: channel.id };
  const selected = ada.selects(ref, 'who', [ada.id, guild.role('Stage').id]);
  await discord.until(() => selected.original()?.text === 'Ada,Stage');
  const named = ada.runs({ channel, command: 'in', options: { where: channel.id } });
  await discord.until(() => named.original()?.text === 'general');
});
