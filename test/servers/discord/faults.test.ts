import type { Client, SendableChannels } from 'discord.js';
import { SlashCommandBuilder } from 'discord.js';
import { expect, test } from 'vitest';
import { connect, serve } from './bot.ts';
import type { DiscordOptions, DiscordServer, Fault } from './server.ts';

async function stage(options: DiscordOptions = {}) {
  const discord = await serve(options);
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  const there = (await client.channels.fetch(channel.id)) as SendableChannels;
  const texts = () => discord.messages(channel).map(({ text }) => text);
  return { discord, guild, channel, ada, client, there, texts };
}

const statuses = (discord: DiscordServer, operation: string) =>
  discord.requests.filter((one) => one.operation === operation).map(({ status }) => status);

test.each<[string, Fault, number]>([
  ['a 429', { kind: 'rate-limit', retryAfterMs: 40 }, 429],
  ['a global 429', { kind: 'rate-limit', retryAfterMs: 40, scope: 'global' }, 429],
  ['a 500', { kind: 'status', status: 500 }, 500],
  ['a 502', { kind: 'status', status: 502 }, 502],
  ['a connection dropped before anything happened', { kind: 'drop', when: 'before' }, 0],
])(
  'discord.js tries again after %s, and the message is there once',
  async (_name, fault, status) => {
    const { discord, there, texts } = await stage();
    discord.faults.next('create_message', fault);
    await there.send('once');
    expect(texts()).toEqual(['once']);
    expect(statuses(discord, 'create_message')).toEqual([status, 200]);
    expect(discord.faults.struck).toEqual([{ operation: 'create_message', fault }]);
    expect(discord.invalidRequests()).toBe(status === 429 ? 1 : 0);
  },
);

test('a shared 429 is no invalid request', async () => {
  const { discord, there } = await stage();
  discord.faults.next('create_message', { kind: 'rate-limit', retryAfterMs: 10, scope: 'shared' });
  await there.send('x');
  expect(discord.invalidRequests()).toBe(0);
});

test('an answer lost on its way doubles a message, unless it carries an enforced nonce', async () => {
  const { discord, there, texts } = await stage();
  const drop: Fault = { kind: 'drop', when: 'after' };
  discord.faults.next('create_message', drop);
  await there.send('careless');
  discord.faults.next('create_message', drop);
  await there.send({ content: 'careful', nonce: '42', enforceNonce: true });
  expect(texts()).toEqual(['careless', 'careless', 'careful']);
});

test('faults strike every n-th request, and at random the same in every run', async () => {
  const { discord, there } = await stage();
  discord.faults.every(3, 'create_message', { kind: 'not-found' });
  const send = () =>
    there.send('x').then(
      () => 'sent',
      (error: { code: number }) => error.code,
    );
  const outcomes: unknown[] = [];
  for (let count = 0; count < 6; count++) outcomes.push(await send());
  expect(outcomes).toEqual(['sent', 'sent', 10_015, 'sent', 'sent', 10_015]);

  const runs: unknown[][] = [];
  for (let run = 0; run < 2; run++) {
    discord.faults.clear();
    discord.faults.random({ probability: 0.5, seed: 7 }, [{ kind: 'not-found', code: 10_008 }]);
    const drawn: unknown[] = [];
    for (let count = 0; count < 12; count++) drawn.push(await send());
    runs.push(drawn);
  }
  expect(runs[0]).toEqual(runs[1]);
  expect(new Set(runs[0])).toEqual(new Set(['sent', 10_008]));
});

test('a valid token that is not found, as on Discord’s bad days', async () => {
  const { discord, ada, channel, client } = await stage();
  await client.application.commands.set([
    new SlashCommandBuilder().setName('ask').setDescription('x').toJSON(),
  ]);
  discord.faults.next('update_original_webhook_message', { kind: 'not-found' });
  const codes: unknown[] = [];
  client.on('interactionCreate', async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    await interaction.deferReply();
    await interaction.editReply('first').catch((error: { code: number }) => codes.push(error.code));
    await interaction.editReply('second');
  });
  const asked = ada.runs({ channel, command: 'ask' });
  await discord.until(() => asked.original()?.text === 'second');
  expect(codes).toEqual([10_015]);
});

test('an interaction that is delivered twice is answered once', async () => {
  const { discord, ada, channel, client } = await stage();
  await client.application.commands.set([
    new SlashCommandBuilder().setName('ask').setDescription('x').toJSON(),
  ]);
  const codes: unknown[] = [];
  client.on('interactionCreate', async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    await interaction.reply('one').catch((error: { code: number }) => codes.push(error.code));
  });
  discord.gateway.duplicateNext('INTERACTION_CREATE');
  const asked = ada.runs({ channel, command: 'ask' });
  await discord.until(() => codes.length > 0);
  expect([codes, asked.messages().length]).toEqual([[40_060], 1]);
});

test('whoever lost an answer to a fault may try again without blame', async () => {
  const { discord, ada, channel, client } = await stage();
  await client.application.commands.set([
    new SlashCommandBuilder().setName('ask').setDescription('x').toJSON(),
  ]);
  discord.faults.next('create_interaction_response', { kind: 'drop', when: 'after' });
  const codes: unknown[] = [];
  client.on('interactionCreate', async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    await interaction.deferReply().catch((error: { code: number }) => codes.push(error.code));
  });
  const asked = ada.runs({ channel, command: 'ask' });
  await discord.until(() => codes.length > 0);
  expect([codes, asked.original()?.thinking, discord.violations]).toEqual([[40_060], true, []]);
});

test('what a long run no longer needs is let go, and the bot goes on', async () => {
  const { discord, there, texts, ada, channel } = await stage();
  await there.send('old');
  discord.forget();
  expect([texts(), discord.requests]).toEqual([[], []]);
  ada.says({ channel, content: 'new' });
  await there.send('newer');
  expect(texts()).toEqual(['new', 'newer']);
});

test('a request is held until the test lets it go, and the gateway breaks in mid-answer', async () => {
  const { discord, there, texts, ada, channel, client } = await stage();
  const gate = Promise.withResolvers<void>();
  discord.faults.next('create_message', { kind: 'hold', until: gate.promise });
  const sending = there.send('held');
  await discord.until(() => statuses(discord, 'create_message').length === 1);
  expect(texts()).toEqual([]);
  gate.resolve();
  const message = await sending;
  discord.faults.next('update_message', { kind: 'cut-gateway' });
  discord.faults.next('update_message', { kind: 'slow', ms: 1 });
  await message.edit('held, edited');
  await message.edit('held, edited again');
  ada.says({ channel, content: 'still there?' });
  await discord.until(() => discord.gateway.counts.resumed === 1);
  await heard(client, discord, 'still there?');
});

async function heard(client: Client<true>, discord: DiscordServer, content: string): Promise<void> {
  await discord.until(() =>
    client.channels.cache.some(
      (one) =>
        one.isTextBased() && one.messages.cache.some((message) => message.content === content),
    ),
  );
}
