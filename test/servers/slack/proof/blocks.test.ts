import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../bolt.ts';
import {
  type Args,
  button,
  type Case,
  expectRefusal,
  feedback,
  many,
  named,
  openStage,
  plainText,
  rating,
  type Stage,
  section,
} from './refusals.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.slack.close());

const row = [{ type: 'raw_text', text: 'x' }];
const long = (length: number) => plainText('x'.repeat(length));
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const markdown = (length: number) => ({ type: 'markdown', text: 'x'.repeat(length) });

// biome-ignore format: a table reads better with a case a line
const invalid: readonly (readonly [string, ...unknown[]])[] = [
  ['a block of unknown type', { type: 'marquee' }],
  ['no block at all', 'x'],
  ['an unknown field', section('x', { colour: 'red' })],
  ['a section of 3,001 characters', section('x'.repeat(3_001))],
  ['a section of nothing', { type: 'section' }],
  ['a header of 151 characters', { type: 'header', text: long(151) }],
  ['a header in mrkdwn', { type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
  ['a Markdown block of 12,001 characters', markdown(12_001)],
  ['11 items of context', { type: 'context', elements: many(11, plainText('x')) }],
  ['26 buttons', actions(...many(26, button()))],
  ['no button', actions()],
  ['a button of 76 characters', actions(button({ text: long(76) }))],
  ['a button with a value of 2,001 characters', actions(button({ value: 'x'.repeat(2_001) }))],
  ['an action id of 256 characters', actions(button({ action_id: 'x'.repeat(256) }))],
  ['an action id twice in a block', actions(...many(2, button({ action_id: 'a' })))],
  ['a block id of 256 characters', section('x', { block_id: 'x'.repeat(256) })],
  ['a block id twice', section('x', { block_id: 'b' }), section('y', { block_id: 'b' })],
  ['an option of 76 characters', actions({ type: 'overflow', options: [{ text: long(76), value: '1' }] })],
  ['a select with no options', actions({ type: 'static_select' })],
  ['feedback buttons among actions', actions(feedback())],
  ['a feedback label of 76 characters', { type: 'context_actions', elements: [feedback({ positive_button: rating('x'.repeat(76)) })] }],
  ['six context actions', { type: 'context_actions', elements: many(6, feedback()) }],
  ['a table of 101 rows', { type: 'table', rows: many(101, row) }],
  ['a table of 21 columns', { type: 'table', rows: [many(21, row[0])] }],
  ['a task card with a source that is no link', { type: 'task_card', task_id: '1', title: 'x', status: 'complete', sources: [{ type: 'url', url: 'x', text: 'y' }] }],
  ['a carousel of 11 cards', { type: 'carousel', elements: many(11, { type: 'card' }) }],
  ['rich text of unknown kind', { type: 'rich_text', elements: [{ type: 'text', text: 'x' }] }],
  ['an image from nowhere', { type: 'image', alt_text: 'x' }],
  ['51 blocks', ...many(51, { type: 'divider' })],
];

const posted = (...blocks: unknown[]): Args => ({ channel: 'C1', text: 'x', blocks });
const home = (...blocks: unknown[]): Args => ({ user_id: 'U1', view: { type: 'home', blocks } });
const modal = { type: 'modal', title: plainText('Why'), blocks: [] };

const others: readonly Case[] = [
  ['no JSON', 'chat.postMessage', { channel: 'C1', blocks: '[{' }, 'invalid_blocks_format'],
  [
    '12,002 characters of Markdown together',
    'chat.postMessage',
    posted(markdown(6_001), markdown(6_001)),
    'msg_blocks_too_long',
  ],
  [
    'more than about 13,200 characters together',
    'chat.postMessage',
    posted(markdown(12_000), section('x'.repeat(1_300))),
    'msg_blocks_too_long',
  ],
  [
    'two tables',
    'chat.postMessage',
    posted(...many(2, { type: 'table', rows: [row] })),
    'invalid_attachments',
  ],
  ['101 blocks on a home tab', 'views.publish', home(...many(101, section('x'))), 'invalid_blocks'],
  ['Markdown on a home tab', 'views.publish', home(markdown(1)), 'invalid_blocks'],
  ['a modal as home tab', 'views.publish', { user_id: 'U1', view: modal }, 'invalid_arguments'],
  ['a view that is gone', 'views.update', { view_id: 'V1', view: modal }, 'not_found', null],
  [
    'a trigger that never was',
    'views.open',
    { trigger_id: '1', view: modal },
    'invalid_trigger_id',
  ],
];

describe('what Slack refuses of blocks', () => {
  it.each(named(invalid))('$what', ({ what, one: [, ...blocks] }) =>
    expectRefusal(stage, [what, 'chat.postMessage', posted(...blocks), 'invalid_blocks']),
  );
  it.each(named(others))('$what', ({ one }) => expectRefusal(stage, one));

  it('and it says where the trouble is', async () => {
    await errorOf(stage.client.apiCall('chat.postMessage', posted(section('x'.repeat(3_001)))));
    const { answer } = stage.slack.callsOf('chat.postMessage').at(-1) ?? {};
    expect(answer?.['response_metadata']).toEqual({
      messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
    });
  });
});

describe('what it takes', () => {
  it('blocks of every kind at their limits', async () => {
    const before = stage.slack.violations.length;
    const messages = [
      [markdown(12_000)],
      [
        { type: 'header', text: long(150) },
        section('x'.repeat(3_000), { accessory: button(), block_id: 'b'.repeat(255) }),
        { type: 'context', elements: many(10, { type: 'mrkdwn', text: 'x' }) },
        actions(...many(25, button({ text: long(75) }))),
        { type: 'context_actions', elements: [feedback({ action_id: 'a'.repeat(255) })] },
        { type: 'table', rows: many(100, many(20, row[0])) },
        { type: 'image', alt_text: 'x', image_url: 'https://example.com/x.png' },
        { type: 'task_card', task_id: '1', title: 'x', status: 'complete', sources: [] },
      ],
      many(50, { type: 'divider' }),
    ];
    for (const blocks of messages) {
      await stage.client.apiCall('chat.postMessage', posted(...blocks));
    }
    expect(stage.slack.violations.slice(before)).toEqual([]);
  });

  it('the same action id in two blocks', async () => {
    const before = stage.slack.violations.length;
    const same = actions(button({ action_id: 'a' }));
    await stage.client.apiCall('chat.postMessage', posted(same, same));
    expect(stage.slack.violations.slice(before)).toEqual([]);
  });
});
