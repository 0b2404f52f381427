import type { SendableChannels } from 'discord.js';
import { expect, test } from 'vitest';
import { connect, serve } from './bot.ts';
import type { DiscordServer, RateLimits } from './server.ts';

const post = (discord: DiscordServer, channelId: string) =>
  fetch(`${discord.apiUrl}/v10/channels/${channelId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${discord.bot.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'x', allowed_mentions: { parse: [] } }),
  });

test('every answer says what is left, and one too many says when to come again', async () => {
  const discord = await serve({ rateLimits: 'discord' });
  discord.clock.stop();
  const [one, two] = ['one', 'two'].map((name) => discord.guild('Theatre').channel(name).id);
  const left: (string | null)[] = [];
  for (let count = 0; count < 5; count++) {
    left.push((await post(discord, one ?? '')).headers.get('x-ratelimit-remaining'));
  }
  expect(left).toEqual(['4', '3', '2', '1', '0']);
  const refused = await post(discord, one ?? '');
  expect(refused.status).toBe(429);
  const header = (name: string) => refused.headers.get(`x-ratelimit-${name}`);
  expect([header('limit'), header('remaining'), header('scope')]).toEqual(['5', '0', 'user']);
  expect([header('reset-after'), Number(header('reset')) * 1000]).toEqual([
    '5.000',
    discord.clock.now() + 5000,
  ]);
  const body = (await refused.json()) as object;
  expect(body).toMatchObject({ global: false, retry_after: 5 });
  expect((await post(discord, two ?? '')).status).toBe(200);
  discord.clock.advance(5000);
  expect((await post(discord, one ?? '')).status).toBe(200);
  expect(discord.invalidRequests()).toBe(1);
});

test('the whole bot has an allowance of its own, which interactions do not count against', async () => {
  const discord = await serve({ rateLimits: { globalPerSecond: 3 } });
  discord.clock.stop();
  const channel = discord.guild('Theatre').channel('general').id;
  const statuses: number[] = [];
  for (let count = 0; count < 4; count++) statuses.push((await post(discord, channel)).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  const refused = await post(discord, channel);
  expect([
    refused.headers.get('x-ratelimit-global'),
    refused.headers.get('x-ratelimit-scope'),
    ((await refused.json()) as { global: boolean }).global,
  ]).toEqual(['true', 'global', true]);
  const callback = `${discord.apiUrl}/v10/interactions/1/none/callback`;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(callback, { method: 'POST', headers, body: '{"type":5}' });
  expect(answer.status).toBe(404);
});

test.each<[string, RateLimits]>([
  ['a channel’s allowance', { buckets: { create_message: { limit: 3, windowMs: 250 } } }],
  [
    'an allowance shared by sending and editing',
    {
      buckets: {
        create_message: { limit: 3, windowMs: 250, bucket: 'write' },
        update_message: { limit: 3, windowMs: 250, bucket: 'write' },
      },
    },
  ],
])('discord.js keeps to %s by itself', async (_name, rateLimits) => {
  const discord = await serve({ rateLimits });
  const channel = discord.guild('Theatre').channel('general');
  const client = await connect(discord);
  const there = (await client.channels.fetch(channel.id)) as SendableChannels;
  const first = await there.send('0');
  const texts = ['1', '2', '3', '4', '5', '6', '7'];
  await Promise.all(texts.map((text) => there.send(text)));
  await first.edit('edited');
  expect(discord.messages(channel).map(({ text }) => text)).toEqual(['edited', ...texts]);
  // It learns the limit from the first answer; only what it had sent before may be refused.
  expect(discord.requests.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(1);
});
