import type { Client, Message } from 'discord.js';
import { expect, test } from 'vitest';
import { collect, connect, serve } from './bot.ts';
import type { DiscordOptions } from './server.ts';

async function stage(options: DiscordOptions = {}) {
  const discord = await serve(options);
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  return { discord, guild, channel, ada, client: await connect(discord) };
}

const code = (expected: number) => ({ code: expected });

const post = (client: Client, channelId: string, content = 'x') =>
  client.rest.post(`/channels/${channelId}/messages`, {
    body: { content, allowed_mentions: { parse: [] } },
  }) as Promise<{ id: string }>;

test('edits of what is older than an hour are few', async () => {
  const { discord, client, channel } = await stage({ oldEdits: { limit: 2, windowMs: 20_000 } });
  discord.clock.stop();
  const { id } = await post(client, channel.id);
  // discord.js would wait as long as it is told to.
  const edit = async (content: string) => {
    const answer = await fetch(`${discord.apiUrl}/v10/channels/${channel.id}/messages/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bot ${discord.bot.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content, allowed_mentions: { parse: [] } }),
    });
    const { code, retry_after } = (await answer.json()) as { code?: number; retry_after?: number };
    return [answer.status, code, retry_after];
  };
  const done = [200, undefined, undefined];
  for (const content of ['1', '2', '3']) expect(await edit(content)).toEqual(done);
  discord.clock.advance(3_600_001);
  for (const content of ['4', '5']) expect(await edit(content)).toEqual(done);
  expect(await edit('6')).toEqual([429, 30_046, 20]);
  discord.clock.advance(20_000);
  expect(await edit('7')).toEqual(done);
  expect(
    discord
      .messages(channel)
      .at(-1)
      ?.versions.map(({ text }) => text)
      .join(''),
  ).toBe('x123457');
});

test('the bot writes only where it may', async () => {
  const { discord, client, guild, channel, ada } = await stage();
  const refused = (promise: Promise<unknown>, expected: number) =>
    expect(promise).rejects.toMatchObject(code(expected));
  const { id } = await post(client, channel.id);
  const theirs = ada.says({ channel, content: 'mine' });
  const body = { content: 'y', allowed_mentions: { parse: [] } };
  const messages = `/channels/${channel.id}/messages` as const;
  await refused(client.rest.patch(`${messages}/${theirs.id}`, { body }), 50_005);
  await refused(client.rest.delete(`${messages}/${theirs.id}`), 50_013);
  await refused(client.rest.get(`${messages}/1`), 10_008);
  guild.denyBot(channel, ['SendMessages']);
  await refused(post(client, channel.id), 50_013);
  guild.denyBot(channel, ['ViewChannel']);
  await refused(post(client, channel.id), 50_001);
  guild.denyBot(channel, ['ReadMessageHistory']);
  const reply = { ...body, message_reference: { message_id: id } };
  await refused(client.rest.post(messages, { body: reply }), 160_002);
  guild.denyBot(channel, []);
  ada.refusesDms(true);
  await refused(client.users.send(ada.id, 'hello'), 50_007);
  const thread = ada.opensThread({ channel, name: 'Locked' });
  guild.archive(thread);
  await post(client, thread.id);
  guild.archive(thread, { locked: true });
  await refused(post(client, thread.id), 50_083);
  const hidden = ada.opensThread({ channel, name: 'Hidden', private: true });
  await refused(post(client, hidden.id), 50_001);
  guild.deleteChannel(channel);
  await refused(post(client, channel.id), 10_003);
  expect(discord.violations).toEqual([]);
});

test('a channel for a few is for the bot only with one of their roles', async () => {
  const { discord, client, guild, channel } = await stage();
  const heard = collect(client, 'messageCreate', (one: Message) => one.content);
  const ada = guild.member('Ada', { roles: ['Board'] });
  guild.showOnlyTo(channel, ['Board']);
  ada.says({ channel, content: 'unheard' });
  await expect(post(client, channel.id)).rejects.toMatchObject(code(50_001));
  guild.showOnlyTo(channel, ['Board', 'Understudy']);
  ada.says({ channel, content: 'heard' });
  await post(client, channel.id);
  await discord.until(() => heard.length === 2);
  expect(heard).toEqual(['heard', 'x']);
});
