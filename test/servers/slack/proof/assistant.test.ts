import { type App, Assistant } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bolt, startBolt } from '../bolt.ts';
import {
  type SlackServer,
  type SlackServerOptions,
  startSlackServer,
  visibleText,
} from '../server.ts';

let slack: SlackServer;
let bolt: Bolt | undefined;

async function start(listen: (app: App) => void, options?: SlackServerOptions): Promise<void> {
  slack = await startSlackServer(options);
  bolt = await startBolt(slack, listen);
}

afterEach(async () => {
  await bolt?.stop();
  bolt = undefined;
  await slack.close();
});

const user = (id = 'U1') => slack.workspace.user(id);

describe('the assistant pane', () => {
  it('greets, prompts, shows its state, and answers in a thread with a title', async () => {
    await start((app) => {
      const assistant = new Assistant({
        threadStarted: async ({ say, setSuggestedPrompts, saveThreadContext }) => {
          await say('Hello');
          await setSuggestedPrompts({ title: 'Try', prompts: [{ title: 'A', message: 'Ask A' }] });
          await saveThreadContext();
        },
        userMessage: async ({ message, setStatus, setTitle, sayStream, getThreadContext }) => {
          await setTitle('text' in message ? (message.text ?? '') : '');
          await setStatus({ status: 'is thinking', loading_messages: ['Looking', 'Reading'] });
          const { channel_id: looking } = await getThreadContext();
          const stream = sayStream();
          await stream.append({ markdown_text: `They look at ${looking}` });
          await stream.stop();
        },
      });
      app.assistant(assistant);
    });
    const thread = user().opensAssistant({ channel: 'C1' });
    await slack.until(() => slack.workspace.prompts().length === 1);
    user().dms('What is this?', thread.thread_ts);
    const { channel, thread_ts } = thread;
    const shown = () => slack.workspace.messages(channel, thread_ts).map(visibleText);
    await slack.until(() => shown().length === 4);
    await slack.until(
      () => slack.workspace.botMessages(channel).at(-1)?.stream?.state === 'completed',
    );
    expect(shown()).toEqual(['New Assistant Thread', 'Hello', 'What is this?', 'They look at C1']);
    expect(slack.workspace.titles()).toEqual([{ ...thread, title: 'What is this?' }]);
    expect(slack.workspace.statuses(channel, thread_ts)).toMatchObject([
      { status: 'is thinking', loadingMessages: ['Looking', 'Reading'] },
    ]);
    // The answer takes the status away.
    expect(slack.workspace.status(channel, thread_ts)).toBe('');
    expect(slack.violations).toEqual([]);
  });

  it('tells when the person looks at something else', async () => {
    const looked: unknown[] = [];
    await start((app) => {
      const assistant = new Assistant({
        threadStarted: async ({ say }) => void (await say('Hello')),
        userMessage: async () => {},
        threadContextChanged: async ({ event, saveThreadContext }) => {
          await saveThreadContext();
          looked.push(event.assistant_thread.context.channel_id);
        },
      });
      app.assistant(assistant);
    });
    const thread = user().opensAssistant();
    await slack.until(
      () => slack.workspace.messages(thread.channel, thread.thread_ts).length === 2,
    );
    user().looksAt(thread, { channel: 'C1' });
    await slack.until(() => looked.length === 1);
    expect(looked).toEqual(['C1']);
    // Bolt keeps the context in the metadata of its first message, by an edit that nobody sees.
    const [, greeting] = slack.workspace.messages(thread.channel, thread.thread_ts);
    expect(greeting?.metadata).toMatchObject({ event_payload: { channel_id: 'C1' } });
    expect(greeting?.history.map(({ text }) => text)).toEqual(['Hello', 'Hello']);
    expect(slack.violations).toEqual([]);
  });

  it('stops a stream when the person wants it to, and says so', async () => {
    const stopped: unknown[] = [];
    let refused: unknown;
    await start((app) => {
      app.event('app_mention', async ({ event, client }) => {
        const to = { recipient_team_id: 'T1', recipient_user_id: event.user ?? '' };
        const at = { channel: event.channel, thread_ts: event.ts };
        const opened = await client.chat.startStream({ ...at, ...to, markdown_text: 'One' });
        const stream = { channel: event.channel, ts: opened.ts ?? '' };
        await slack.until(() => stopped.length === 1);
        refused = await client.chat
          .appendStream({ ...stream, markdown_text: 'two' })
          .catch((failure) => failure.data.error);
      });
      app.event('agent_session_stopped', async ({ event }) => {
        stopped.push(event.streaming_message_ts);
      });
    });
    user().mentions({ channel: 'C1', text: 'hello' });
    const message = await slack.until(() =>
      slack.workspace.botMessages().find(({ text }) => text === 'One'),
    );
    user().stopsStream(message);
    await slack.until(() => refused !== undefined);
    expect(stopped).toEqual([[message.ts]]);
    expect(refused).toBe('stopped_by_user');
    expect(visibleText(message)).toBe('One');
    expect(slack.violations).toEqual([]);
  });
});
