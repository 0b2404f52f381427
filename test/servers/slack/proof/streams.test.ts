import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorOf, plainClient } from '../bolt.ts';
import { buttonsOf, startSlackServer, visibleText } from '../server.ts';
import {
  type Args,
  type Case,
  expectRefusal,
  feedback,
  many,
  named,
  openStage,
  type Stage,
} from './refusals.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.slack.close());

const to = { recipient_team_id: 'T1', recipient_user_id: 'U1' };
const task = { type: 'task_update' as const, id: '1', title: 'Look', status: 'pending' as const };
const words = (text: string) => ({ type: 'markdown_text' as const, text });
const started = (more: Args) => (on: Stage) => ({
  channel: 'C1',
  thread_ts: on.asked().ts,
  ...more,
});
const appended = (more: Args, opening?: Args) => async (on: Stage) => ({
  ...(await on.streaming(opening)),
  ...more,
});
const withChunk = (chunk: unknown) => appended({ chunks: [chunk] });

// biome-ignore format: a table reads better with a case a line
const refused: readonly Case[] = [
  ['a start without the recipient’s team', 'chat.startStream', started({ recipient_user_id: 'U1' }), 'missing_recipient_team_id'],
  ['a start without the recipient', 'chat.startStream', started({ recipient_team_id: 'T1' }), 'missing_recipient_user_id'],
  ['a start for nobody', 'chat.startStream', started({ ...to, recipient_user_id: 'U9' }), 'user_not_found'],
  ['a start in an archived channel', 'chat.startStream', { channel: 'C3', ...to }, 'is_archived', null],
  ['a start in a direct message outside a thread', 'chat.startStream', ({ slack }) => ({ channel: slack.workspace.user('U1').dm }), 'invalid_arguments', 'missing_argument'],
  ['both kinds of text', 'chat.appendStream', appended({ markdown_text: 'x', chunks: [] }), 'cannot_provide_both_markdown_text_and_chunks'],
  ['no kind of text', 'chat.appendStream', appended({}), 'markdown_text_or_chunks_required'],
  ['empty chunks', 'chat.appendStream', appended({ chunks: [] }), 'no_text'],
  ['chunks on a stream of text', 'chat.appendStream', appended({ chunks: [task] }, { markdown_text: 'x' }), 'streaming_mode_mismatch'],
  ['a chunk of unknown type', 'chat.appendStream', withChunk({ type: 'image' }), 'invalid_chunks'],
  ['a chunk of 12,001 characters', 'chat.appendStream', withChunk(words('x'.repeat(12_001))), 'msg_too_long'],
  ['a task in an unknown state', 'chat.appendStream', withChunk({ ...task, status: 'done' }), 'invalid_chunks'],
  ['a task title of 257 characters', 'chat.appendStream', withChunk({ ...task, title: 'x'.repeat(257) }), 'invalid_chunks'],
  ['task details of 257 characters', 'chat.appendStream', withChunk({ ...task, details: 'x'.repeat(257) }), 'invalid_chunks'],
  ['a task source that is no link', 'chat.appendStream', withChunk({ ...task, sources: [{ type: 'url', url: 'x', text: 'y' }] }), 'invalid_chunks'],
  ['51 blocks in a chunk', 'chat.appendStream', withChunk({ type: 'blocks', blocks: many(51, { type: 'divider' }) }), 'msg_blocks_too_many'],
  ['a chunk of invalid blocks', 'chat.appendStream', withChunk({ type: 'blocks', blocks: [{ type: 'marquee' }] }), 'invalid_blocks'],
  ['an append to a posted message', 'chat.appendStream', async ({ posted }) => ({ ...(await posted()), markdown_text: 'x' }), 'message_not_in_streaming_state'],
  ['an append to somebody’s message', 'chat.appendStream', ({ asked }) => ({ channel: 'C1', ts: asked().ts, markdown_text: 'x' }), 'message_not_owned_by_app'],
  ['an append after one’s own stop', 'chat.appendStream', async ({ streaming, client }) => {
    const at = await streaming();
    await client.chat.stopStream({ ...at, markdown_text: 'x' });
    return { ...at, markdown_text: 'y' };
  }, 'message_not_in_streaming_state'],
  ['an append after a person’s stop', 'chat.appendStream', async ({ streaming, slack }) => {
    const at = await streaming({ markdown_text: 'x' });
    slack.workspace.user('U1').stopsStream(slack.workspace.message(at.channel, at.ts)!);
    return { ...at, markdown_text: 'y' };
  }, 'stopped_by_user', null],
  ['a stop with nothing said', 'chat.stopStream', appended({}), 'no_text'],

  ['a status under no message', 'assistant.threads.setStatus', { channel_id: 'C1', thread_ts: '1700000000.000001', status: 'x' }, 'invalid_thread_ts'],
  ['11 loading messages', 'assistant.threads.setStatus', ({ asked }) => ({ channel_id: 'C1', thread_ts: asked().ts, status: 'x', loading_messages: many(11, 'y') }), 'invalid_arguments', 'invalid_argument'],
  ['five prompts', 'assistant.threads.setSuggestedPrompts', { channel_id: 'DU1', prompts: many(5, { title: 'a', message: 'b' }) }, 'invalid_arguments', 'invalid_argument'],
  ['a title where there is no assistant', 'assistant.threads.setTitle', ({ asked }) => ({ channel_id: 'C1', thread_ts: asked().ts, title: 'x' }), 'invalid_thread_ts'],
];

describe('what Slack refuses of streams', () => {
  it.each(named(refused))('$what', ({ one }) => expectRefusal(stage, one));
});

describe('a stream', () => {
  it('grows, shows its tasks, and is a message when it stops', async () => {
    const { client, slack } = stage;
    const at = await stage.streaming({ chunks: [task, words('One ')] });
    const message = slack.workspace.message(at.channel, at.ts)!;
    const sources = [{ type: 'url' as const, url: 'https://example.com', text: 'Example' }];
    const done = { ...task, status: 'complete' as const, details: 'two ', sources };
    await client.chat.appendStream({ ...at, chunks: [done, words('two ')] });
    await client.chat.appendStream({ ...at, chunks: [{ ...done, details: 'pages' }] });
    expect(message.stream).toMatchObject({
      state: 'in_progress',
      appends: 2,
      markdown: 'One two ',
    });
    expect(message.stream?.tasks).toMatchObject([{ status: 'complete', details: 'two pages' }]);
    const blocks = [{ type: 'context_actions', elements: [feedback()] }];
    const { message: final } = await client.chat.stopStream({
      ...at,
      chunks: [words('three')],
      blocks,
    });
    expect(final).toMatchObject({ text: 'One two three', streaming_state: 'completed' });
    expect(visibleText(message)).toBe('One two three');
    expect(buttonsOf(message)).toEqual([]);
    // What people saw, each state once: nothing was ever doubled, and nothing taken back.
    const seen = message.history.map(({ text }) => text);
    expect(seen.every((text, index) => text.startsWith(seen[index - 1] ?? ''))).toBe(true);
    await client.chat.update({ ...at, text: 'Edited' });
    expect(visibleText(message)).toBe('Edited');
  });

  it('comes to its end by itself', async () => {
    const own = await startSlackServer({ streamLifetimeMs: 0 });
    const other = { ...stage, slack: own, client: plainClient(own) };
    try {
      const { ts } = own.workspace.user('U1').says({ channel: 'C1', text: 'a question' });
      const start = { channel: 'C1', thread_ts: ts, ...to, markdown_text: 'Half of' };
      const { ts: at = '' } = await other.client.chat.startStream(start);
      const append = () =>
        other.client.chat.appendStream({ channel: 'C1', ts: at, markdown_text: '!' });
      expect(await errorOf(append())).toBe('message_not_in_streaming_state');
      const message = own.workspace.message('C1', at)!;
      expect(message.stream?.state).toBe('errored');
      expect(visibleText(message)).toBe('Half of');
      expect(message.history.at(-1)?.by).toBe('expire');
      expect(own.violations).toEqual([]);
      // An expired stream can still be edited, as any message.
      await other.client.chat.update({ channel: 'C1', ts: at, text: 'Half of it, and the rest' });
      expect(visibleText(message)).toBe('Half of it, and the rest');
    } finally {
      await own.close();
    }
  });
});
