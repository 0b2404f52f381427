import {
  type ChatInputCommandInteraction,
  ContextMenuCommandBuilder,
  MessageFlags,
  SlashCommandBuilder,
} from 'discord.js';
import { expect, test } from 'vitest';
import { connect, serve } from './bot.ts';
import type { DiscordOptions } from './server.ts';

const ASK = new SlashCommandBuilder()
  .setName('ask')
  .setDescription('Ask')
  .addStringOption((option) => option.setName('q').setDescription('q').setAutocomplete(true))
  .toJSON();
const BUTTON = { type: 2, style: 1, label: 'Go', custom_id: 'go' } as const;

/** A slash command that was run, and the bot's hands on it. */
async function asked(options: DiscordOptions = {}) {
  const discord = await serve({ interactionDeadlineMs: 600_000, ...options });
  const guild = discord.guild('Theatre');
  const channel = guild.channel('general');
  const ada = guild.member('Ada');
  const client = await connect(discord);
  await client.application.commands.set([
    ASK,
    new ContextMenuCommandBuilder().setName('About').setType(3).toJSON(),
  ]);
  const next = () =>
    new Promise<ChatInputCommandInteraction>((resolve) =>
      client.once('interactionCreate', (one) => resolve(one as ChatInputCommandInteraction)),
    );
  const arrived = next();
  const asked = ada.runs({ channel, command: 'ask' });
  const command = await arrived;
  return { discord, guild, channel, ada, client, asked, command, next };
}

type Wrong = { title?: string; label?: string; twice?: boolean; min?: number; max?: number };

const code = (expected: number) => ({ code: expected });
const kinds = (discord: { violations: { kind: string }[] }) =>
  discord.violations.map(({ kind }) => kind);
const MINUTE_MS = 60_000;

test('an answer after the deadline finds no interaction', async () => {
  const { discord, command, asked: open } = await asked({ interactionDeadlineMs: 30_000 });
  discord.clock.advance(30_001);
  await expect(command.deferReply()).rejects.toMatchObject(code(10_062));
  expect(kinds(discord)).toEqual(['late-answer']);
  expect(discord.unanswered().map(({ id }) => id)).toEqual([open.id]);
  expect(open.tookMs()).toBeUndefined();
});

test('an interaction is answered once', async () => {
  const { discord, client, command, asked: open } = await asked();
  await command.reply('once');
  const path = `/interactions/${open.id}/${open.token}/callback` as const;
  const again = client.rest.post(path, { body: { type: 5 }, auth: false });
  await expect(again).rejects.toMatchObject(code(40_060));
  expect(kinds(discord)).toEqual(['answered-twice']);
  expect(open.messages()).toHaveLength(1);
});

test('a token opens nothing before the answer, and nothing after fifteen minutes', async () => {
  const { discord, command, channel } = await asked();
  const early = command.webhook.editMessage('@original', 'too early');
  await expect(early).rejects.toMatchObject(code(10_015));
  await command.deferReply();
  discord.clock.advance(14 * MINUTE_MS);
  await command.editReply('in time');
  discord.clock.advance(MINUTE_MS + 1);
  await expect(command.editReply('too late')).rejects.toMatchObject({ code: 50_027, status: 401 });
  // The bot's own token still opens what everybody sees.
  const { id } = discord.messages(channel)[0] ?? {};
  const message = await command.channel?.messages.fetch(id ?? '');
  await message?.edit('by the bot');
  expect(discord.messages(channel).map(({ text }) => text)).toEqual(['by the bot']);
});

test('the first follow-up fills a deferred answer', async () => {
  const { asked: open, command } = await asked();
  await command.deferReply();
  await command.followUp('the answer');
  await command.followUp('and more');
  expect(open.messages().map(({ text }) => text)).toEqual(['the answer', 'and more']);
});

test('what is private stays private: the deferral decides, and the bot’s token does not reach it', async () => {
  const { discord, ada, asked: open, command, client, channel } = await asked();
  await command.deferReply({ flags: MessageFlags.Ephemeral });
  await command.editReply({ content: 'psst', components: [{ type: 1, components: [BUTTON] }] });
  const { id = '', ephemeralFor } = open.original() ?? {};
  expect(ephemeralFor).toBe(ada.id);
  await expect(client.rest.get(`/channels/${channel.id}/messages/${id}`)).rejects.toMatchObject(
    code(10_008),
  );
  expect(await command.channel?.messages.fetch({ limit: 10 })).toHaveProperty('size', 0);
  discord.clock.advance(16 * MINUTE_MS);
  await expect(command.editReply('never')).rejects.toMatchObject(code(50_027));
  expect(discord.ephemerals(ada).map(({ text }) => text)).toEqual(['psst']);
});

test('a layout stays a layout, and an old text makes room for it', async () => {
  const { discord, command, asked: open } = await asked();
  const components = [{ type: 10, content: 'laid out' } as const];
  await command.reply('text');
  const flags = MessageFlags.IsComponentsV2;
  await expect(command.editReply({ components, flags })).rejects.toMatchObject(code(50_035));
  await command.editReply({ components, flags, content: null });
  expect(open.original()?.text).toBe('laid out');
  const path = `/webhooks/${command.applicationId}/${command.token}/messages/@original` as const;
  const body = { flags: 0, components, allowed_mentions: { parse: [] } };
  await expect(command.client.rest.patch(path, { body, auth: false })).rejects.toMatchObject(
    code(50_035),
  );
  await expect(command.editReply('text again')).rejects.toMatchObject(code(50_035));
  expect(kinds(discord)).toEqual(['limit', 'limit', 'limit']);
});

test.each([
  [{ type: 7, data: { content: 'x', allowed_mentions: { parse: [] } } }],
  [{ type: 6 }],
  [{ type: 8, data: { choices: [] } }],
])('a slash command is not answered with %o', async (body) => {
  const { discord, client, asked: open } = await asked();
  const path = `/interactions/${open.id}/${open.token}/callback` as const;
  await expect(client.rest.post(path, { body, auth: false })).rejects.toMatchObject(code(50_035));
  expect(kinds(discord)).toEqual(['limit']);
});

test.each([
  [
    '26 choices',
    Array.from({ length: 26 }, (_, index) => ({ name: `${index}`, value: `${index}` })),
  ],
  ['a name over 100 characters', [{ name: 'x'.repeat(101), value: 'x' }]],
  ['a value over 100 characters', [{ name: 'x', value: 'x'.repeat(101) }]],
  ['an empty name', [{ name: '', value: 'x' }]],
])('autocomplete is refused %s', async (_name, choices) => {
  const { discord, client, ada, channel, next } = await asked();
  const arrived = next();
  void ada.completes({ channel, command: 'ask', option: 'q', typed: 'x' });
  const { id, token } = await arrived;
  const body = { type: 8, data: { choices } };
  const sent = client.rest.post(`/interactions/${id}/${token}/callback`, { body, auth: false });
  await expect(sent).rejects.toMatchObject(code(50_035));
  expect(discord.violations).toHaveLength(1);
});

test.each([
  ['a title over 45 characters', { title: 'x'.repeat(46) }],
  ['a label over 45 characters', { label: 'x'.repeat(46) }],
  ['an input twice', { twice: true }],
  ['an impossible length', { min: 5, max: 4 }],
])('a modal is refused with %s', async (_name, wrong) => {
  const { discord, client, asked: open } = await asked();
  const { title = 'Why', label = 'Words', twice, min = 0, max = 100 } = wrong as Wrong;
  const input = { type: 4, custom_id: 'w', style: 1, min_length: min, max_length: max };
  const one = { type: 18, label, component: input };
  const data = { custom_id: 'why', title, components: twice ? [one, one] : [one] };
  const path = `/interactions/${open.id}/${open.token}/callback` as const;
  const sent = client.rest.post(path, { body: { type: 9, data }, auth: false });
  await expect(sent).rejects.toMatchObject(code(50_035));
  expect(discord.violations).toHaveLength(1);
  expect(discord.modals()).toEqual([]);
});
