import { type Client, MessageFlags } from 'discord.js';
import { expect, test } from 'vitest';
import { connect, serve } from './bot.ts';
import type { DiscordServer } from './server.ts';

const QUIET = { allowed_mentions: { parse: [] } };

async function stage(): Promise<{
  discord: DiscordServer;
  client: Client<true>;
  path: `/${string}`;
}> {
  const discord = await serve();
  const channel = discord.guild('Theatre').channel('general');
  return { discord, client: await connect(discord), path: `/channels/${channel.id}/messages` };
}

test.each([
  ['nothing is said of mentions', {}],
  ['parse is missing', { allowed_mentions: {} }],
  ['everyone may be pinged', { allowed_mentions: { parse: ['everyone'] } }],
  ['somebody may be pinged', { allowed_mentions: { parse: [], users: ['1'] } }],
])('records, but delivers, a message in which %s', async (_name, mentions) => {
  const { discord, client, path } = await stage();
  await client.rest.post(path, { body: { content: 'hi @everyone', ...mentions } });
  expect(discord.violations).toMatchObject([{ kind: 'allowed-mentions' }]);
});

test('pings whom the text names only as far as it is allowed to', async () => {
  const { discord, client, path } = await stage();
  const ada = discord.guild('Theatre').member('Ada');
  const content = `${ada.mention} @everyone`;
  const channel = discord.guild('Theatre').channel('general');
  await client.rest.post(path, { body: { content } });
  await client.rest.post(path, { body: { content, ...QUIET } });
  expect(discord.messages(channel).map(({ pinged }) => pinged)).toEqual([[ada.id, 'everyone'], []]);
});

test('records an edit that cannot make a message ephemeral, and a message that cannot be', async () => {
  const { discord, client, path } = await stage();
  const flags = MessageFlags.Ephemeral;
  const sent = (await client.rest.post(path, { body: { content: 'x', flags, ...QUIET } })) as {
    id: string;
  };
  await client.rest.patch(`${path}/${sent.id}`, { body: { content: 'y', flags, ...QUIET } });
  expect(discord.violations.map(({ kind }) => kind)).toEqual(['limit', 'limit']);
});

test('refuses thread names over 100 characters, unknown routes, unknown parameters and bad ids', async () => {
  const { discord, client, path } = await stage();
  const threads = path.replace('messages', 'threads') as `/${string}`;
  const refused = (promise: Promise<unknown>, code: number) =>
    expect(promise).rejects.toMatchObject({ code });
  await refused(client.rest.post(threads, { body: { name: 'x'.repeat(101), type: 11 } }), 50_035);
  await refused(client.rest.get('/voice/regions'), 0);
  await refused(client.rest.get('/channels/none'), 50_035);
  await client.rest.get(path, { query: new URLSearchParams({ newest: '1' }) });
  const kinds = discord.violations.map(({ kind }) => kind);
  expect(kinds).toEqual(['schema', 'unknown-route', 'schema', 'schema']);
});

test.each([
  ['a name with capitals', { name: 'Ask', description: 'x' }],
  ['a name over 32 characters', { name: 'x'.repeat(33), description: 'x' }],
  ['no description', { name: 'ask' }],
  ['a description over 100 characters', { name: 'ask', description: 'x'.repeat(101) }],
  ['a described message command', { name: 'Ask', type: 3, description: 'x' }],
  [
    'a required option after an optional one',
    {
      name: 'ask',
      description: 'x',
      options: [
        { type: 3, name: 'a', description: 'x' },
        { type: 3, name: 'b', description: 'x', required: true },
      ],
    },
  ],
  [
    'an option twice',
    {
      name: 'ask',
      description: 'x',
      options: [
        { type: 3, name: 'a', description: 'x' },
        { type: 3, name: 'a', description: 'x' },
      ],
    },
  ],
  [
    '26 choices',
    {
      name: 'ask',
      description: 'x',
      options: [
        {
          type: 3,
          name: 'a',
          description: 'x',
          choices: Array(26).fill({ name: 'c', value: 'c' }),
        },
      ],
    },
  ],
])('refuses a command with %s', async (_name, body) => {
  const { discord, client } = await stage();
  const path = `/applications/${discord.bot.applicationId}/commands` as const;
  await expect(client.rest.put(path, { body: [body] })).rejects.toMatchObject({ code: 50_035 });
  expect(discord.violations).toHaveLength(1);
  expect(discord.commands()).toEqual([]);
});

test('refuses a token that is not the bot’s', async () => {
  const { discord, client, path } = await stage();
  const answer = await fetch(`${discord.apiUrl}/v10${path}`, {
    headers: { authorization: 'Bot no' },
  });
  expect([answer.status, await answer.json()]).toEqual([
    401,
    { code: 0, message: '401: Unauthorized' },
  ]);
  expect(discord.violations).toMatchObject([{ kind: 'unauthorised' }]);
  expect(discord.invalidRequests()).toBe(1);
  client.rest.setToken('no');
  await expect(client.rest.get(path)).rejects.toMatchObject({ status: 401 });
});

test('an empty answer does not claim to be JSON', async () => {
  const { discord, path } = await stage();
  const answer = await fetch(`${discord.apiUrl}/v10${path.replace('messages', 'typing')}`, {
    method: 'POST',
    headers: { authorization: `Bot ${discord.bot.token}` },
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([204, null]);
});
