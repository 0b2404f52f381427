import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, plainClient } from '../bolt.ts';
import { type SlackServer, startSlackServer, visibleText } from '../server.ts';

let slack: SlackServer;
let client: ReturnType<typeof plainClient>;

beforeEach(async () => {
  slack = await startSlackServer({
    teams: [
      {
        id: 'T1',
        name: 'Theatre',
        users: [
          { id: 'U1', name: 'anna', locale: 'de-DE' },
          { id: 'U2' },
          { id: 'U3', isBot: true },
        ],
        channels: [
          { id: 'C1', name: 'general', members: ['U1', 'U2'] },
          { id: 'C2', bot: false },
          { id: 'G1', kind: 'private' },
        ],
        usergroups: [{ id: 'S1', handle: 'authors', users: ['U1'] }],
      },
    ],
  });
  client = plainClient(slack);
});
afterEach(async () => {
  expect(slack.violations).toEqual([]);
  await slack.close();
});

describe('who and what there is', () => {
  it('people with their language when asked, bots, groups, the workspace', async () => {
    const { user } = await client.users.info({ user: 'U1', include_locale: true });
    expect(user).toMatchObject({ id: 'U1', name: 'anna', locale: 'de-DE', is_bot: false });
    const { user: unasked } = await client.users.info({ user: 'U1' });
    expect(unasked?.locale).toBeUndefined();
    const { bot } = await client.bots.info({ bot: slack.workspace.bot.id });
    expect(bot).toMatchObject({ user_id: slack.workspace.bot.user, name: 'Twin' });
    const { team } = await client.team.info();
    expect(team).toMatchObject({ id: 'T1', name: 'Theatre' });
    const { usergroups } = await client.usergroups.list();
    expect(usergroups?.map(({ handle }) => handle)).toEqual(['authors']);
    expect(await client.usergroups.users.list({ usergroup: 'S1' })).toMatchObject({
      users: ['U1'],
    });
  });

  it('conversations of every kind, their members, and a new direct message', async () => {
    const kinds = async (channel: string) => {
      const { channel: info } = await client.conversations.info({ channel });
      return [info?.is_channel, info?.is_private, info?.is_im, info?.is_member];
    };
    expect(await kinds('C1')).toEqual([true, false, false, true]);
    expect(await kinds('C2')).toEqual([true, false, false, false]);
    expect(await kinds('G1')).toEqual([false, true, false, true]);
    const { members } = await client.conversations.members({ channel: 'C1', limit: 2 });
    expect(members).toEqual(['U1', 'U2']);
    const { channel } = await client.conversations.open({ users: 'U2' });
    const { channel: said } = await client.chat.postMessage({ channel: 'U2', text: 'Hello' });
    expect(said).toBe(channel?.id);
    expect(await kinds(String(said))).toEqual([false, true, true, true]);
  });

  it('links to messages, and reactions on them', async () => {
    const { ts } = slack.workspace.user('U1').says({ channel: 'C1', text: 'x' });
    const { permalink } = await client.chat.getPermalink({ channel: 'C1', message_ts: ts });
    expect(permalink).toBe(`https://t1.slack.com/archives/C1/p${ts.replace('.', '')}`);
    const eyes = { channel: 'C1', timestamp: ts, name: 'eyes' };
    await client.reactions.add(eyes);
    expect(await errorOf(client.reactions.add(eyes))).toBe('already_reacted');
    expect(slack.workspace.message('C1', ts)?.reactions).toHaveLength(1);
    await client.reactions.remove(eyes);
    expect(slack.workspace.message('C1', ts)?.reactions).toEqual([]);
  });
});

describe('what is written', () => {
  it('comes as JSON too, and for one person alone', async () => {
    const post = (body: unknown, type = 'application/json') =>
      fetch(`${slack.apiUrl}chat.postEphemeral`, {
        method: 'POST',
        headers: { 'content-type': type, authorization: `Bearer ${slack.botToken}` },
        body: JSON.stringify(body),
      }).then((response) => response.json());
    const blocks = [{ type: 'markdown', text: 'Only **you**' }];
    const answer = await post({ channel: 'C1', user: 'U2', text: 'x', blocks });
    expect(answer).toMatchObject({ ok: true });
    expect(slack.workspace.user('U2').ephemerals().map(visibleText)).toEqual(['Only **you**']);
    expect(slack.workspace.messages('C1')).toEqual([]);
    // What only one person saw is in no channel, so nobody can edit it there.
    slack.workspace.archive('C1');
    expect(await post({ channel: 'C1', user: 'U2', text: 'x' })).toMatchObject({
      error: 'is_archived',
    });
  });

  it('by another bot carries that bot’s id', async () => {
    const said = slack.workspace.otherBotSays('U3', { channel: 'C1', text: 'beep' });
    const { messages } = await client.conversations.history({ channel: 'C1' });
    expect(messages?.[0]).toMatchObject({ text: 'beep', user: 'U3', bot_id: said.bot_id });
    expect(said.bot_id).not.toBe(slack.workspace.bot.id);
  });

  it('and deleted leaves an empty place at the head of its thread', async () => {
    const root = slack.workspace.user('U1').says({ channel: 'C1', text: 'x' });
    await client.chat.postMessage({ channel: 'C1', thread_ts: root.ts, text: 'y' });
    slack.workspace.user('U1').deletes(root);
    const { messages } = await client.conversations.replies({ channel: 'C1', ts: root.ts });
    expect(messages?.map(({ text }) => text)).toEqual(['This message was deleted.', 'y']);
    expect(messages?.[0]).toMatchObject({ subtype: 'tombstone', user: 'USLACKBOT' });
  });

  it('and deleted without replies is gone: an answer falls into the channel', async () => {
    const alone = slack.workspace.user('U1').says({ channel: 'C1', text: 'z' });
    slack.workspace.user('U1').deletes(alone);
    const gone = client.conversations.replies({ channel: 'C1', ts: alone.ts });
    expect(await errorOf(gone)).toBe('thread_not_found');
    await client.chat.postMessage({ channel: 'C1', thread_ts: alone.ts, text: 'too late' });
    expect(slack.workspace.messages('C1').map(visibleText)).toEqual(['too late']);
  });
});
