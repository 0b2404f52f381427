import type { App } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bolt, startBolt } from './slack/bolt.ts';
import {
  pingsOf,
  type SlackServer,
  type SlackServerOptions,
  startSlackServer,
  visibleText,
} from './slack/server.ts';

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

describe('messages', () => {
  it('a mention arrives as message and as app_mention, and the answer stands in its thread', async () => {
    const events: string[] = [];
    await start((app) => {
      app.event('app_mention', async ({ event, say, context, body }) => {
        events.push(`mention ${event.text} by ${event.user} in ${event.channel}`);
        events.push(`bot ${context.botUserId} of ${body.authorizations?.[0]?.team_id}`);
        await say({ text: 'An answer', thread_ts: event.ts });
      });
      app.message(async ({ message }) => {
        if ('text' in message) events.push(`message ${message.text}`);
      });
    });
    const asked = user().mentions({ channel: 'C1', text: 'a question?' });
    await slack.until(() => slack.workspace.messages('C1', asked.ts).length === 2);
    await slack.settled();
    const mention = `<@${slack.workspace.bot.user}> a question?`;
    // Bolt keeps the bot's own answer from its listeners, which Slack sends all the same.
    expect(events.toSorted()).toEqual([
      `bot ${slack.workspace.bot.user} of T1`,
      `mention ${mention} by U1 in C1`,
      `message ${mention}`,
    ]);
    expect(slack.deliveries.map(({ name }) => name)).toEqual(['message', 'app_mention', 'message']);
    const [, answer] = slack.workspace.messages('C1', asked.ts);
    expect(answer && visibleText(answer)).toBe('An answer');
    expect(slack.workspace.messages('C1')).toHaveLength(1);
    expect(slack.violations).toEqual([]);
  });

  it('edits and deletions arrive with what was there before', async () => {
    const events: unknown[] = [];
    await start((app) => {
      app.event('message', async ({ event }) => {
        if (event.subtype === 'message_changed') {
          const { message, previous_message: before } = event;
          events.push([
            'changed',
            'text' in before && before.text,
            'text' in message && message.text,
          ]);
        }
        if (event.subtype === 'message_deleted') events.push(['deleted', event.deleted_ts]);
      });
    });
    const said = user().dms('frist');
    user().edits(said, 'first');
    user().deletes(said);
    await slack.until(() => events.length === 2);
    expect(events).toEqual([
      ['changed', 'frist', 'first'],
      ['deleted', said.ts],
    ]);
    expect(said.history.map(({ text }) => text)).toEqual(['frist', 'first', '']);
    expect(slack.workspace.messages(user().dm)).toEqual([]);
  });

  it('what is typed comes escaped, mentions as they are', async () => {
    const texts: string[] = [];
    await start((app) =>
      app.message(async ({ message }) => {
        if ('text' in message) texts.push(message.text ?? '');
      }),
    );
    const said = user().dms('if (a < b && b > c) <@U2> &amp; <https://example.com|there>');
    await slack.until(() => texts.length === 1);
    const escaped = 'if (a &lt; b &amp;&amp; b &gt; c) <@U2> &amp; <https://example.com|there>';
    expect(texts).toEqual([escaped]);
    expect(visibleText(said)).toContain('if (a < b && b > c) <@U2>');
  });

  it('in a direct message a mention is a message and nothing else', async () => {
    await start(() => {});
    user().mentions({ channel: user().dm, text: 'hello' });
    await slack.until(() => slack.deliveries.length > 0);
    await slack.settled();
    expect(slack.deliveries.map(({ name }) => name)).toEqual(['message']);
  });

  it('a first message with replies is not deleted but emptied, until they are gone too', async () => {
    const events: unknown[] = [];
    await start((app) =>
      app.event('message', async ({ event }) => {
        if (event.subtype === 'message_changed') events.push(event.message.subtype);
        if (event.subtype === 'message_deleted') events.push(event.deleted_ts);
      }),
    );
    const root = user().says({ channel: 'C1', text: 'x' });
    const reply = user('U2').says({ channel: 'C1', text: 'y', thread_ts: root.ts });
    user().deletes(root);
    user('U2').deletes(reply);
    await slack.until(() => events.length === 3);
    expect(events).toEqual(['tombstone', reply.ts, root.ts]);
  });

  it('an answer takes the status away', async () => {
    await start((app) =>
      app.event('app_mention', async ({ event, client, say }) => {
        const at = { channel_id: event.channel, thread_ts: event.ts };
        await client.assistant.threads.setStatus({ ...at, status: 'is thinking' });
        await say({ text: 'Done', thread_ts: event.ts });
      }),
    );
    const { ts } = user().mentions({ channel: 'C1', text: 'hello' });
    await slack.until(() => slack.workspace.messages('C1', ts).length === 2);
    expect(slack.workspace.statuses('C1', ts)).toHaveLength(1);
    expect(slack.workspace.status('C1', ts)).toBe('');
  });

  it('nobody is heard where the bot is not, and it is told when that changes', async () => {
    const events: string[] = [];
    await start(
      (app) => {
        app.event('app_mention', async ({ event }) => void events.push(event.text));
        app.event('member_joined_channel', async ({ event }) => void events.push(event.type));
        app.event('member_left_channel', async ({ event }) => void events.push(event.type));
      },
      { teams: [{ id: 'T1', channels: [{ id: 'C1', bot: false }] }] },
    );
    user().mentions({ channel: 'C1', text: 'too early' });
    user().invitesBot('C1');
    user().mentions({ channel: 'C1', text: 'heard' });
    user().removesBot('C1');
    await slack.until(() => events.length === 3);
    const heard = `<@${slack.workspace.bot.user}> heard`;
    expect(new Set(events)).toEqual(
      new Set(['member_joined_channel', heard, 'member_left_channel']),
    );
  });

  it('what would notify somebody is seen', async () => {
    await start((app) => {
      app.message(async ({ say }) => void (await say('<!channel> <@U2> &lt;!here&gt; @everyone')));
    });
    user().dms('hello');
    const answer = await slack.until(() => slack.workspace.botMessages()[0]);
    expect(pingsOf(answer)).toEqual(['<!channel>', '<@U2>']);
  });

  it('revoked and removed, the app is told and its token is dead', async () => {
    const events: string[] = [];
    await start((app) => {
      app.event('tokens_revoked', async ({ event }) => void events.push(event.type));
      app.event('app_uninstalled', async ({ event }) => void events.push(event.type));
    });
    slack.workspace.uninstall();
    await slack.until(() => events.length === 2);
    expect(events.toSorted()).toEqual(['app_uninstalled', 'tokens_revoked']);
    await expect(bolt?.app.client.auth.test()).rejects.toThrow('token_revoked');
  });
});
