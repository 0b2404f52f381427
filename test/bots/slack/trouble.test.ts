import { expect, test } from 'vitest';
import { requiredScopes } from '../../../bots/slack/scopes.ts';
import { startSlack } from '../../../bots/slack/start.ts';
import { TransientError } from '../../../pipelines/stores/errors.ts';
import { buttonsOf, inParts, play, visibleText } from './scene.ts';

const parts = ['The first sentence. ', 'The second sentence. '] as const;
const complaintsOf = (complaints: readonly unknown[][]) => JSON.stringify(complaints);

test('when a channel is archived in mid-answer the asker is told why, directly', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async ({ ada, slack, own, workspace, twin, still }) => {
    const question = ada.mentions({ channel: 'C1', text: 'Tell me.' });
    slow.say(0);
    await slack.until(() => own('C1', question.ts).length === 1);
    workspace.archive('C1');
    slow.finish();
    const told = await slack.until(() => own(ada.dm).at(-1));
    expect(told.text).toBe('<#C1> This channel is archived, so I cannot write in it.');
    await still();
    expect(complaintsOf(twin.complaints)).toContain('unarchive it');
  });
});

test('when the bot is removed in mid-answer the asker is told how to bring it back', () => {
  const slow = inParts(...parts);
  const teams = [{ id: 'T1', channels: [{ id: 'G1', kind: 'private' as const }] }];
  return play({ says: slow.model, slack: { teams } }, async ({ ada, slack, own, twin, still }) => {
    const question = ada.mentions({ channel: 'G1', text: 'Tell me.' });
    slow.say(0);
    await slack.until(() => own('G1', question.ts).length === 1);
    ada.removesBot('G1');
    slow.finish();
    const told = await slack.until(() => own(ada.dm).at(-1));
    expect(told.text).toContain('I am no longer a member of that channel. Invite me again');
    await still();
    expect(complaintsOf(twin.complaints)).toContain('invite it to the channel');
  });
});

test('a shortcut in a channel that the bot is not in says so to the one who used it', () =>
  play(
    {
      says: () => 'Here.',
      slack: { teams: [{ id: 'T1', channels: [{ id: 'C1' }, { id: 'C2', bot: false }] }] },
    },
    async ({ ada, slack, own }) => {
      const talk = ada.says({ channel: 'C2', text: 'Something.' });
      await ada.shortcuts('twin_ask_about', talk);
      await slack.until(() => ada.modal());
      await ada.submits({ question: 'What of it?' });
      const told = await slack.until(() => own(ada.dm).at(-1));
      expect(told.text).toContain('Invite me again');
    },
  ));

test('a revoked token is said to the operator, with what to do', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async ({ ada, slack, own, workspace, twin, still }) => {
    const question = ada.mentions({ channel: 'C1', text: 'Tell me.' });
    slow.say(0);
    await slack.until(() => own('C1', question.ts).length === 1);
    workspace.revokeToken();
    slow.finish();
    await expect
      .poll(() => complaintsOf(twin.complaints), { timeout: 10_000 })
      .toContain('slack.token_revoked');
    expect(complaintsOf(twin.complaints)).toContain('set SLACK_BOT_TOKEN to the new token');
    await still();
  });
});

test('without the scope to read people everybody is answered, in English, and the operator told once', () =>
  play(
    {
      says: () => 'Here.',
      allowed: ['missing_scope'],
      slack: { teams: [{ id: 'T1', users: [{ id: 'U1', locale: 'de-DE' }, { id: 'U2' }] }] },
    },
    async ({ ada, bo, workspace, answerTo, twin }) => {
      workspace.revokeScopes('users:read');
      const said = await answerTo(ada.mentions({ channel: 'C1', text: 'Hello?' }));
      await answerTo(bo.mentions({ channel: 'C1', text: 'Hello?' }));
      expect(buttonsOf(said)).toContain('Regenerate');
      const hints = twin.complaints.filter((each) => JSON.stringify(each).includes('users:read'));
      expect(hints).toHaveLength(1);
    },
  ));

test('without the scope to read history the thread is remembered from its answers', () =>
  play(
    { says: (_request, nth) => `Answer ${nth}.`, allowed: ['missing_scope'] },
    async ({ ada, answer, workspace, twin, requests, restart }) => {
      const question = ada.mentions({ channel: 'C1', text: 'First?' });
      await answer('C1', question.ts);
      await restart();
      workspace.revokeScopes('channels:history');
      ada.mentions({ channel: 'C1', thread_ts: question.ts, text: 'Second?' });
      await answer('C1', question.ts, 2);
      expect(requests[1]?.history.map(({ text }) => text)).toContain('First?');
      // The conversation of the scene lives on over the restart of the bot, and with it what it read.
      expect(twin.complaints.length).toBeLessThanOrEqual(1);
    },
  ));

test('a model that fails is said so, with a button to try again that does', () =>
  play(
    {
      says: (_request, nth) => {
        if (nth === 0) throw new TransientError('the model is gone', { code: 'model.gone' });
        return 'Back again.';
      },
    },
    async ({ ada, own, slack, answerTo, still }) => {
      const question = ada.mentions({ channel: 'C1', text: 'Hello?' });
      await still();
      const failed = await slack.until(() => own('C1', question.ts)[0]);
      expect(visibleText(failed)).not.toBe('');
      expect(visibleText(failed)).not.toContain('the model is gone');
      await ada.presses(failed, 'twin_again');
      await slack.until(() => visibleText(own('C1', question.ts)[0]!).includes('Back again.'));
      await answerTo(question);
    },
  ));

test('an answer that breaks off keeps what was said, with an honest line', () => {
  let asked = 0;
  return play(
    {
      async *says() {
        asked += 1;
        yield { type: 'text', text: 'It begins well', citations: [] };
        throw new Error('the model is gone');
      },
    } as Parameters<typeof play>[0],
    async ({ ada, own, slack }) => {
      const question = ada.mentions({ channel: 'C1', text: 'Hello?' });
      const said = await slack.until(() =>
        own('C1', question.ts).find((each) => visibleText(each).includes('broke off')),
      );
      expect(visibleText(said)).toContain('It begins well');
      expect(buttonsOf(said)).toEqual(['Regenerate']);
      expect(asked).toBe(1);
    },
  );
});

test('too many questions in a row get a note that only the asker sees', () =>
  play(
    {
      says: () => 'Here.',
      conversing: { limits: { personPerMinute: 2, channelPerMinute: null } },
    },
    async ({ ada, bo, slack, own, answerTo }) => {
      for (const n of [1, 2]) await answerTo(ada.mentions({ channel: 'C1', text: `Number ${n}?` }));
      const third = ada.mentions({ channel: 'C1', text: 'Number 3?' });
      const line = await slack.until(() => ada.ephemerals('C1').at(-1));
      expect(line.text).toMatch(/Please wait \d+ seconds/u);
      expect(line.thread_ts).toBe(third.ts);
      expect(own('C1', third.ts)).toEqual([]);
      expect(bo.ephemerals('C1')).toEqual([]);
    },
  ));

test('who may not ask is told so, and nobody else', () =>
  play(
    {
      says: () => 'Here.',
      conversing: { rules: [{ allow: true, platform: 'discord' }] },
    },
    async ({ ada, slack, own }) => {
      const question = ada.mentions({ channel: 'C1', text: 'May I?' });
      const line = await slack.until(() => ada.ephemerals('C1').at(-1));
      expect(line.text).toContain('not set up to answer in this channel');
      expect(own('C1', question.ts)).toEqual([]);
    },
  ));

test('who is in a user group that may ask is answered, where groups are read', () =>
  play(
    {
      says: () => 'Here.',
      config: { readUserGroups: true },
      conversing: { rules: [{ allow: true, roles: ['S7'] }] },
      slack: {
        app: { scopes: [...requiredScopes.map(({ scope }) => scope), 'usergroups:read'] },
        teams: [{ id: 'T1', usergroups: [{ id: 'S7', handle: 'bakers', users: ['U1'] }] }],
      },
    },
    async ({ ada, bo, answerTo, slack }) => {
      await answerTo(ada.mentions({ channel: 'C1', text: 'May I?' }));
      bo.mentions({ channel: 'C1', text: 'May I?' });
      await slack.until(() => bo.ephemerals('C1').length === 1);
      expect(slack.callsOf('usergroups.list')).toHaveLength(1);
    },
  ));

test('a process that ends lets answers finish, and takes nothing new', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async ({ ada, slack, own, bot, twin, answer }) => {
    const question = ada.mentions({ channel: 'C1', text: 'Tell me.' });
    slow.say(0);
    await slack.until(() => own('C1', question.ts).length === 1);
    await bot().quiesce();
    await slack.until(() => slack.socket.connections === 0);
    const drained = twin.conversation.drain(5_000);
    slow.finish();
    await drained;
    expect(visibleText(await answer('C1', question.ts))).toBe(parts.join('').trim());
  });
});

test('an answer that the end of the process cuts is closed with an honest line', () => {
  const slow = inParts(...parts);
  return play({ says: slow.model }, async ({ ada, slack, own, bot, twin, answer }) => {
    const question = ada.mentions({ channel: 'C1', text: 'Tell me.' });
    slow.say(0);
    await slack.until(() => own('C1', question.ts).length === 1);
    await bot().quiesce();
    await twin.conversation.drain(0);
    const said = await answer('C1', question.ts);
    expect(visibleText(said)).toContain('The first sentence.');
    expect(visibleText(said)).toContain('I was restarted while answering. Press “Regenerate”');
    expect(said.stream?.state).toBe('completed');
    slow.finish();
  });
});

test('what is said while nobody listens is answered by the next process', () =>
  play(
    {
      says: () => 'Here.',
      slack: { ackDeadlineMs: 300, retryDelaysMs: [0, 100, 300] },
      allowed: ['late_ack'],
    },
    async ({ ada, answerTo, bot, restart }) => {
      await bot().quiesce();
      const question = ada.mentions({ channel: 'C1', text: 'Anybody?' });
      await restart();
      await answerTo(question);
    },
  ));

test('a token that Slack refuses keeps the bot from starting, with words that help', () =>
  play({ allowed: ['invalid_auth'] }, async ({ twin, config }) => {
    await expect(
      startSlack(twin, { ...config, access: { kind: 'token', botToken: 'xoxb-nothing' } }),
    ).rejects.toMatchObject({ code: 'slack.invalid_auth', hint: expect.stringMatching(/token/u) });
    await expect(
      startSlack(twin, { ...config, events: { kind: 'socket', appToken: 'xapp-nothing' } }),
    ).rejects.toMatchObject({ code: 'slack.invalid_auth' });
  }));
