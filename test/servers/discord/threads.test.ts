import { ChannelType, type Message, MessageType, type ThreadChannel } from 'discord.js';
import { expect, test } from 'vitest';
import { collect, connect, serve } from './bot.ts';

test('threads are opened from messages and without, joined, renamed and archived', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  const said = ada.says({ channel, content: 'a long question' });
  const there = await client.channels.fetch(channel.id);
  if (there?.type !== ChannelType.GuildText) throw new Error('a text channel was made');

  const message = await there.messages.fetch(said.id);
  const thread = await message.startThread({ name: 'A long question' });
  expect(thread.id).toBe(said.id);
  await thread.send('in here');
  const free = await there.threads.create({ name: 'Loose talk', type: ChannelType.PublicThread });
  await free.members.add(ada.id);
  expect((await free.members.fetch()).map(({ id }) => id)).toEqual([discord.bot.id, ada.id]);
  await free.setName('Looser talk');
  expect(discord.threads(channel).map(({ name }) => name)).toEqual([
    'A long question',
    'Looser talk',
  ]);
  await thread.setArchived(true);
  await expect(message.startThread({ name: 'Again' })).rejects.toMatchObject({ code: 160_004 });
  const archived = discord.channel(thread.id);
  if (!archived) throw new Error('the thread is there');
  expect(discord.messages(archived).map(({ text }) => text)).toEqual(['in here']);
});

test('threads that people open and archive reach the bot', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  const opened = collect(client, 'threadCreate', (one: ThreadChannel, fresh: boolean) => [
    one.name,
    fresh,
  ]);
  const updated = collect(
    client,
    'threadUpdate',
    (_: ThreadChannel, one: ThreadChannel) => one.archived,
  );
  const heard = collect(client, 'messageCreate', (one: { content: string }) => one.content);
  const thread = ada.opensThread({ channel, name: 'Ask me' });
  ada.says({ channel: thread, content: 'anybody?' });
  guild.archive(thread);
  guild.unarchive(thread);
  await discord.until(() => updated.length === 2);
  // Discord says in the channel that a thread was opened, in the name of who opened it.
  expect([opened, updated, heard]).toEqual([
    [['Ask me', true]],
    [true, false],
    ['Ask me', 'anybody?'],
  ]);
  expect(discord.messages(channel)).toEqual([]);
  expect(discord.messages(channel, { system: true })).toHaveLength(1);
});

test('a private thread is hidden from the bot until somebody names it there', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  const heard = collect(client, 'messageCreate', (one: Message) => [
    one.content,
    one.channel.isThread(),
  ]);
  const thread = ada.opensThread({ channel, name: 'Secret', private: true });
  ada.says({ channel: thread, content: 'unheard' });
  const invitation = `${discord.bot.mention} join us`;
  ada.says({ channel: thread, content: invitation });
  await discord.until(() => heard.length > 0);
  expect(heard).toEqual([[invitation, true]]);
});

test('a thread begins with the message it was opened from', async () => {
  const discord = await serve();
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  const said = ada.says({ channel, content: 'a long question' });
  const thread = ada.opensThread({ channel, name: 'Long', from: said });
  guild.archive(thread);
  ada.says({ channel: thread, content: 'go on' });
  const there = await client.channels.fetch(thread.id);
  if (!there?.isThread()) throw new Error('a thread was opened');
  expect(there.archived).toBe(false);
  expect((await there.messages.fetch()).map(({ type, content }) => [type, content])).toEqual([
    [MessageType.Default, 'go on'],
    [MessageType.ThreadStarterMessage, ''],
  ]);
  expect((await there.fetchStarterMessage())?.content).toBe('a long question');
});
