import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Case, expectRefusal, many, named, openStage, type Stage } from './refusals.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.slack.close());

const inC1 = { channel: 'C1', text: 'x' };
const nowhere = '1700000000.000001';
const wrong = 'invalid_arguments';

// biome-ignore format: a table reads better with a case a line
const refused: readonly Case[] = [
  ['an unknown method', 'chat.shout', {}, 'unknown_method'],
  ['an unknown argument', 'chat.postMessage', { ...inC1, colour: 'red' }, wrong, 'unknown_argument'],
  ['a missing argument', 'chat.postMessage', { text: 'x' }, wrong, 'missing_argument'],
  ['a wrong type', 'chat.postMessage', { ...inC1, unfurl_links: 'perhaps' }, wrong, 'invalid_argument'],
  ['a timestamp that is none', 'chat.postMessage', { ...inC1, thread_ts: '12' }, wrong, 'invalid_argument'],
  ['another team than the token’s', 'chat.postMessage', { ...inC1, team_id: 'T9' }, 'team_not_found'],
  ['nothing said', 'chat.postMessage', { ...inC1, text: ' ' }, 'no_text'],
  ['text of 40,001 characters', 'chat.postMessage', { ...inC1, text: 'x'.repeat(40_001) }, 'msg_too_long'],
  ['Markdown and text', 'chat.postMessage', { ...inC1, markdown_text: 'x' }, 'markdown_text_conflict'],
  ['Markdown of 12,001 characters', 'chat.postMessage', { channel: 'C1', markdown_text: 'x'.repeat(12_001) }, 'msg_too_long'],
  ['a channel that never was', 'chat.postMessage', { ...inC1, channel: 'C9' }, 'channel_not_found'],
  ['a channel without the bot', 'chat.postMessage', { ...inC1, channel: 'C2' }, 'not_in_channel', null],
  ['a private channel without the bot', 'chat.postMessage', { ...inC1, channel: 'G1' }, 'channel_not_found', null],
  ['an archived channel', 'chat.postMessage', { ...inC1, channel: 'C3' }, 'is_archived', null],
  ['a thread that never was', 'chat.postMessage', { ...inC1, thread_ts: nowhere }, 'thread_not_found'],
  ['a name of one’s own without the scope', 'chat.postMessage', { ...inC1, username: 'Me' }, 'missing_scope'],
  ['metadata of another shape', 'chat.postMessage', { ...inC1, metadata: { kind: 'y' } }, 'invalid_metadata_schema'],
  ['101 attachments', 'chat.postMessage', { channel: 'C1', attachments: many(101, { text: 'x' }) }, 'too_many_attachments'],
  ['an ephemeral for nobody', 'chat.postEphemeral', { ...inC1, user: 'U9' }, 'user_not_found'],

  ['an edit of a message that never was', 'chat.update', { ...inC1, ts: nowhere }, 'message_not_found'],
  ['an edit of somebody’s message', 'chat.update', ({ asked }) => ({ ...inC1, ts: asked().ts }), 'cant_update_message'],
  ['an edit to 4,001 characters', 'chat.update', async ({ posted }) => ({ ...(await posted()), text: 'x'.repeat(4_001) }), 'msg_too_long'],
  ['an edit of a message that streams', 'chat.update', async ({ streaming }) => ({ ...(await streaming()), text: 'x' }), 'streaming_state_conflict'],
  ['an edit of a message that was deleted', 'chat.update', async ({ posted, client }) => {
    const at = await posted();
    await client.chat.delete(at);
    return { ...at, text: 'x' };
  }, 'message_not_found', null],
  ['the deletion of somebody’s message', 'chat.delete', ({ asked }) => ({ channel: 'C1', ts: asked().ts }), 'cant_delete_message'],

  ['an emoji with colons', 'reactions.add', ({ asked }) => ({ channel: 'C1', timestamp: asked().ts, name: ':eyes:' }), 'invalid_name'],
  ['a person who never was', 'users.info', { user: 'U9' }, 'user_not_found'],
  ['a thread to read that never was', 'conversations.replies', { channel: 'C1', ts: nowhere }, 'thread_not_found'],
  ['the history of a channel without the bot', 'conversations.history', { channel: 'C2' }, 'not_in_channel', null],
  ['a bot token where the app’s is needed', 'apps.connections.open', {}, 'not_allowed_token_type'],
];

describe('what Slack refuses of messages', () => {
  it.each(named(refused))('$what', ({ one }) => expectRefusal(stage, one));
});

describe('what it takes', () => {
  it('40,000 characters, and replies that name their thread', async () => {
    const { client, slack } = stage;
    const { ts } = stage.asked();
    const before = slack.violations.length;
    await client.chat.postMessage({ channel: 'C1', text: 'x'.repeat(40_000) });
    const { ts: reply } = await client.chat.postMessage({ ...inC1, thread_ts: ts });
    expect(slack.violations.slice(before)).toEqual([]);
    // Slack puts it into the thread all the same; people wonder where it went.
    await client.chat.postMessage({ ...inC1, text: 'astray', thread_ts: String(reply) });
    expect(slack.violations.slice(before).map(({ code }) => code)).toEqual(['reply_to_reply']);
    const thread = await client.conversations.replies({ channel: 'C1', ts });
    expect(thread.messages?.map(({ text }) => text)).toEqual(['a question', 'x', 'astray']);
  });

  it('new text takes blocks away; new blocks leave no mark of an edit', async () => {
    const { client, slack } = stage;
    const blocks = [{ type: 'divider' }];
    const { ts = '' } = await client.chat.postMessage({ ...inC1, blocks });
    await client.chat.update({ channel: 'C1', ts, text: 'y', blocks });
    expect(slack.workspace.message('C1', ts)).toMatchObject({ edited: undefined, text: 'y' });
    await client.chat.update({ channel: 'C1', ts, text: 'z' });
    expect(slack.workspace.message('C1', ts)).toMatchObject({ blocks: [], text: 'z' });
    expect(slack.workspace.message('C1', ts)?.edited).toBeDefined();
    const texts = slack.workspace.message('C1', ts)?.history.map(({ by, text }) => [by, text]);
    expect(texts).toEqual([
      ['post', ''],
      ['update', ''],
      ['update', 'z'],
    ]);
  });

  it('history by pages and in a range, with metadata when asked', async () => {
    const { client, slack } = stage;
    slack.workspace.addChannel({ id: 'C7' });
    const said: string[] = [];
    for (const text of ['a', 'b', 'c', 'd', 'e']) {
      const metadata = { event_type: 'numbered', event_payload: { text } };
      const { ts = '' } = await client.chat.postMessage({ channel: 'C7', text, metadata });
      said.push(ts);
    }
    const first = await client.conversations.history({ channel: 'C7', limit: 2 });
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await client.conversations.history({ channel: 'C7', limit: 3, cursor });
    const texts = [first, second].map(({ messages }) => messages?.map(({ text }) => text));
    expect(texts).toEqual([
      ['e', 'd'],
      ['c', 'b', 'a'],
    ]);
    expect(second.has_more).toBe(false);
    expect(first.messages?.[0]?.metadata).toBeUndefined();
    const range = { channel: 'C7', oldest: said[1] ?? '', latest: said[3] ?? '' };
    const inside = await client.conversations.history({ ...range, include_all_metadata: true });
    expect(inside.messages?.map(({ text }) => text)).toEqual(['c']);
    expect(inside.messages?.[0]?.metadata?.event_payload).toEqual({ text: 'c' });
  });
});
