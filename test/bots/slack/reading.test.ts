import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCommand, readPermalink } from '../../../bots/slack/read/command.ts';
import { readMessageEvent, type Told } from '../../../bots/slack/read/message.ts';
import { callsGroups, questionText, readableText } from '../../../bots/slack/read/text.ts';

const own = { botUser: 'U0BOT', botId: 'B0BOT' };
const nobody = () => null;

describe('a text of Slack’s', () => {
  test.each([
    ['plain', 'plain'],
    ['a &lt; b &amp;&amp; c &gt; d', 'a < b && c > d'],
    ['&amp;lt; stays an entity', '&lt; stays an entity'],
    ['<@U1> and <@W2|ada>', '@name of U1 and @ada'],
    ['<#C1|general> <#C2>', '#general #C2'],
    ['<https://x.example/a?b=1&amp;c=2|the page>', '[the page](https://x.example/a?b=1&c=2)'],
    ['<https://x.example>', 'https://x.example'],
    ['<https://x.example|x.example>', 'x.example'],
    ['<mailto:a@x.example|a@x.example>', 'a@x.example'],
    ['<!here> <!channel> <!subteam^S1|@bakers> <!subteam^S2>', '@here @channel @bakers @group'],
    ['<!date^1392734382^{date}|18 Feb 2014>', '18 Feb 2014'],
    ['```if (a &lt; b) {\n  c();\n}```', '```if (a < b) {\n  c();\n}```'],
  ])('%s is read as %s', (text, expected) => {
    expect(readableText(text, (id) => (id === 'U1' ? `name of ${id}` : null))).toBe(expected);
  });

  test.each([
    ['<@U0BOT> why?', 'why?'],
    ['Tell me, <@U0BOT>, why?', 'Tell me, why?'],
    ['why, <@U0BOT|twin>', 'why,'],
    ['<@U0BOT>', ''],
    ['<@U0BOT>: why?\n\nAnd how?', 'why?\n\nAnd how?'],
  ])('%s asks %s', (text, expected) => {
    expect(questionText(text, own.botUser, nobody)).toBe(expected);
  });

  test('whatever it is, it is read without failing, and no mention of the bot stays', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('<@U0BOT>', '<', '>', '|', '<!', '&amp;', '<@U1', '```', '\n'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        expect(questionText(text, own.botUser, nobody)).not.toContain('<@U0BOT>');
      }),
    );
  });

  test('calls of groups are recognised', () => {
    expect(callsGroups('hi <!here>')).toBe(true);
    expect(callsGroups('hi <!subteam^S1|@x>')).toBe(true);
    expect(callsGroups('hi <@U1> &lt;!here&gt;')).toBe(false);
  });
});

describe('an event', () => {
  const base = { type: 'message', channel: 'C1', channel_type: 'channel', ts: '2.000001' };
  const told = (event: object): Told['kind'] | undefined =>
    readMessageEvent({ ...base, ...event }, own)?.told.kind;

  test.each([
    ['what somebody says', { user: 'U1', text: 'hi' }, 'said'],
    ['a shared file with words', { user: 'U1', text: 'hi', subtype: 'file_share' }, 'said'],
    [
      'a reply that is also sent to the channel',
      { user: 'U1', text: 'hi', subtype: 'thread_broadcast' },
      'said',
    ],
    ['/me', { user: 'U1', text: 'waves', subtype: 'me_message' }, 'said'],
    ['another bot', { bot_id: 'B9', text: 'hi', subtype: 'bot_message' }, 'said'],
    ['our own message', { user: 'U0BOT', bot_id: 'B0BOT', text: 'hi' }, 'nothing'],
    ['our own message without a user', { bot_id: 'B0BOT', text: 'hi' }, 'nothing'],
    ['somebody joins', { user: 'U1', text: 'x', subtype: 'channel_join' }, 'nothing'],
    ['a topic', { user: 'U1', text: 'x', subtype: 'channel_topic' }, 'nothing'],
    ['the assistant pane opens', { user: 'U0BOT', subtype: 'assistant_app_thread' }, 'nothing'],
    ['a kind of message that is new', { user: 'U1', text: 'x', subtype: 'hologram' }, 'nothing'],
    ['something hidden', { user: 'U1', text: 'x', hidden: true }, 'nothing'],
    [
      'an edit',
      {
        subtype: 'message_changed',
        hidden: true,
        message: { ts: '1.000001', user: 'U1', text: 'b', edited: { ts: '2.0' } },
        previous_message: { ts: '1.000001', user: 'U1', text: 'a' },
      },
      'edited',
    ],
    [
      'a link that unfolds',
      {
        subtype: 'message_changed',
        message: { ts: '1.000001', user: 'U1', text: 'a' },
        previous_message: { ts: '1.000001', user: 'U1', text: 'a' },
      },
      'nothing',
    ],
    [
      'our own edit',
      {
        subtype: 'message_changed',
        message: { ts: '1.000001', user: 'U0BOT', bot_id: 'B0BOT', text: 'b' },
        previous_message: { ts: '1.000001', user: 'U0BOT', text: 'a' },
      },
      'nothing',
    ],
    [
      'a deletion',
      {
        subtype: 'message_deleted',
        deleted_ts: '1.000001',
        previous_message: { ts: '1.000001', user: 'U1', text: 'a' },
      },
      'deleted',
    ],
    [
      'a deleted first message that has replies',
      {
        subtype: 'message_changed',
        message: { ts: '1.000001', user: 'USLACKBOT', subtype: 'tombstone', text: 'gone' },
        previous_message: { ts: '1.000001', user: 'U1', text: 'a' },
      },
      'deleted',
    ],
    [
      'our own message deleted',
      {
        subtype: 'message_deleted',
        deleted_ts: '1.000001',
        previous_message: { ts: '1.000001', user: 'U0BOT', text: 'a' },
      },
      'nothing',
    ],
  ])('%s', (_name, event, kind) => {
    expect(told(event)).toBe(kind);
  });

  test('other bots are known as such', () => {
    const event = { ...base, user: 'U9', bot_id: 'B9', text: 'hi' };
    expect(readMessageEvent(event, own)?.told).toMatchObject({ kind: 'said', bot: true });
  });

  test('of an unknown form is left alone', () => {
    expect(readMessageEvent({ type: 'message' }, own)).toBeUndefined();
    expect(readMessageEvent(null, own)).toBeUndefined();
  });
});

describe('a command', () => {
  test.each([
    ['', { kind: 'known', name: 'help', rest: '' }],
    ['ask why  is it so?', { kind: 'known', name: 'ask', rest: 'why  is it so?' }],
    ['  SOURCES  ', { kind: 'known', name: 'sources', rest: '' }],
    ['stlye', { kind: 'unknown', name: 'stlye', nearest: 'style' }],
    ['summery of this', { kind: 'unknown', name: 'summery', nearest: 'summary' }],
    ['xylophone', { kind: 'unknown', name: 'xylophone', nearest: undefined }],
    ['ask\nover\nlines', { kind: 'known', name: 'ask', rest: 'over\nlines' }],
  ])('“%s”', (text, expected) => {
    expect(readCommand(text)).toEqual(expected);
  });

  test('links to messages', () => {
    const base = 'https://acme.slack.com/archives/C123/p1700000000123456';
    expect(readPermalink(base)).toEqual({ channel: 'C123', root: '1700000000.123456' });
    expect(readPermalink(`<${base}?thread_ts=1699999999.000100&cid=C123>`)).toEqual({
      channel: 'C123',
      root: '1699999999.000100',
    });
    expect(readPermalink('https://acme.example/archives')).toBeUndefined();
  });
});
