import { type Client, MessageFlags } from 'discord.js';
import { expect, test } from 'vitest';
import { connect, serve } from './bot.ts';
import type { DiscordServer, Violation } from './server.ts';

const QUIET = { allowed_mentions: { parse: [] } };
const V2 = MessageFlags.IsComponentsV2;
const text = (content: string) => ({ type: 10, content });
const button = (more: object = {}) => ({
  type: 2,
  style: 1,
  label: 'Go',
  custom_id: 'go',
  ...more,
});
const row = (...components: object[]) => ({ type: 1, components });
const select = (options: number, more: object = {}) => ({
  type: 3,
  custom_id: 's',
  options: Array.from({ length: options }, (_, index) => ({
    label: `${index}`,
    value: `${index}`,
  })),
  ...more,
});
const v2 = (...components: object[]) => ({ flags: V2, components, ...QUIET });
const many = (count: number) => Array.from({ length: count }, (_, index) => text(`${index}`));

/** Messages that Discord refuses with 50035, and where it says the fault lies. */
const REFUSED: readonly (readonly [string, object, Violation['kind'], RegExp])[] = [
  ['content over 2,000 characters', { content: '🦉'.repeat(2001), ...QUIET }, 'limit', /content/],
  ['content of a wrong type', { content: 5, ...QUIET }, 'schema', /content/],
  [
    'more than ten embeds',
    { embeds: Array(11).fill({ title: 'x' }), ...QUIET },
    'schema',
    /embeds/,
  ],
  [
    'embeds over 6,000 characters',
    { embeds: Array(2).fill({ description: 'x'.repeat(3500) }), ...QUIET },
    'limit',
    /embeds/,
  ],
  ['content beside a layout', { ...v2(text('x')), content: 'y' }, 'limit', /content/],
  ['embeds beside a layout', { ...v2(text('x')), embeds: [{ title: 'y' }] }, 'limit', /embeds/],
  ['a layout without its flag', { components: [text('x')], ...QUIET }, 'limit', /requires/],
  [
    'more than 40 components',
    v2({ type: 17, components: many(40) }),
    'limit',
    /number of components/,
  ],
  ['more than 4,000 characters of text', v2(...many(3), text('x'.repeat(3998))), 'limit', /4000/],
  [
    'a file that did not come along',
    v2({ type: 13, file: { url: 'attachment://a.md' } }),
    'limit',
    /attachment/,
  ],
  ['an empty text', v2(text(' ')), 'limit', /content/],
  ['an unknown component', v2({ type: 99 }), 'schema', /components/],
  [
    'a custom id over 100 characters',
    v2(row(button({ custom_id: 'x'.repeat(101) }))),
    'schema',
    /custom_id/,
  ],
  ['a custom id twice', v2(row(button(), button())), 'limit', /duplicated/],
  ['a label over 80 characters', v2(row(button({ label: 'x'.repeat(81) }))), 'schema', /label/],
  ['a button without custom id', v2(row({ type: 2, style: 1, label: 'Go' })), 'limit', /custom_id/],
  ['a button without label', v2(row({ type: 2, style: 1, custom_id: 'x' })), 'limit', /label/],
  [
    'a link with a custom id',
    v2(row(button({ style: 5, url: 'https://x.org' }))),
    'limit',
    /custom id/,
  ],
  ['a link without url', v2(row({ type: 2, style: 5, label: 'x' })), 'limit', /url/],
  [
    'a link to nowhere',
    v2(row({ type: 2, style: 5, label: 'x', url: 'javascript:1' })),
    'limit',
    /url/,
  ],
  [
    'six buttons in a row',
    v2(row(...'abcdef'.split('').map((id) => button({ custom_id: id })))),
    'schema',
    /components/,
  ],
  ['a button beside a select', v2(row(button(), select(1))), 'limit', /action row/],
  ['a select with 26 options', v2(row(select(26))), 'schema', /options/],
  ['a select without options', v2(row(select(0))), 'schema', /options/],
  ['more values than options', v2(row(select(2, { max_values: 3 }))), 'limit', /max_values/],
  [
    'four texts in a section',
    v2({ type: 9, components: many(4), accessory: button() }),
    'schema',
    /components/,
  ],
];

async function stage(): Promise<{
  discord: DiscordServer;
  client: Client<true>;
  path: `/${string}`;
}> {
  const discord = await serve();
  const channel = discord.guild('Theatre').channel('general');
  return { discord, client: await connect(discord), path: `/channels/${channel.id}/messages` };
}

test.each(REFUSED)('refuses %s', async (_name, body, kind, where) => {
  const { discord, client, path } = await stage();
  await expect(client.rest.post(path, { body })).rejects.toMatchObject({
    status: 400,
    code: 50_035,
  });
  expect(discord.violations).toMatchObject([{ kind, operation: 'create_message' }]);
  expect(discord.violations[0]?.message).toMatch(where);
});

test('takes what lies exactly on the limits', async () => {
  const { discord, client, path } = await stage();
  const bodies = [
    { content: '🦉'.repeat(2000), ...QUIET },
    v2({ type: 17, components: many(39) }),
    v2(...many(3), text('x'.repeat(3997))),
    v2(row(button({ label: 'x'.repeat(80), custom_id: 'x'.repeat(100) })), row(select(25))),
  ];
  for (const body of bodies) await client.rest.post(path, { body });
  expect(discord.violations).toEqual([]);
});

test('refuses an empty message', async () => {
  const { discord, client, path } = await stage();
  await expect(client.rest.post(path, { body: QUIET })).rejects.toMatchObject({ code: 50_006 });
  expect(discord.violations).toMatchObject([{ kind: 'limit' }]);
});

test('refuses more than ten files', async () => {
  const { discord, client, path } = await stage();
  const files = Array.from({ length: 11 }, (_, index) => ({ name: `${index}.txt`, data: 'x' }));
  await expect(client.rest.post(path, { body: QUIET, files })).rejects.toMatchObject({
    code: 50_035,
  });
  expect(discord.violations).toMatchObject([
    { kind: 'limit', message: expect.stringMatching(/files/) },
  ]);
});
