import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openScribe, openStage, type Stage, said, until } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('hearing', () => {
  test('answers, and the trace is there before done is shown', async () => {
    const { channel, shown } = openScribe();
    let recorded = 0;
    const watched: typeof channel = {
      ...channel,
      async deliver(delivery) {
        const events = async function* () {
          for await (const event of delivery.events) {
            if (event.type === 'done') recorded = (await stage.traces.counts()).traces;
            yield event;
          }
        };
        await channel.deliver({ ...delivery, events: events() });
      },
    };
    const heard = await stage.conversation.hear(said('Why?'), watched);
    expect(heard).toMatchObject({ kind: 'answered' });
    expect(recorded).toBe(1);
    expect(shown.map((one) => one.text())).toEqual(['You asked: Why?']);
    const [trace] = await stage.traces.traces();
    expect(trace).toMatchObject({ question: 'Why?', channel: 'slack', release: 'rel-test' });
    expect(trace?.asker).toMatch(/^[0-9a-f]{32}$/);
  });

  test('answers one event once, also when it comes twice at the same moment or in another process', async () => {
    const { channel, shown } = openScribe();
    const other = await openStage({}, stage.home);
    const message = said('Why?');
    const heard = await Promise.all([
      stage.conversation.hear(message, channel),
      stage.conversation.hear(message, channel),
      other.conversation.hear(message, channel),
    ]);
    await other.close({ keep: true });
    expect(heard.map(({ kind }) => kind).sort()).toEqual(['answered', 'duplicate', 'duplicate']);
    expect(shown).toHaveLength(1);
  });

  test('a message that is not for the twin leaves nothing behind', async () => {
    const { channel, shown } = openScribe();
    const heard = await stage.conversation.hear(said('Lunch?', { addressed: false }), channel);
    expect(heard).toEqual({ kind: 'ignored' });
    expect(shown).toEqual([]);
  });

  test('follows up without a mention where it is part of the thread, until that is resolved', async () => {
    const { channel } = openScribe();
    const { conversation } = stage;
    const kinds: string[] = [];
    const hear = async (text: string, change = {}) => {
      const heard = await conversation.hear(said(text, { addressed: false, ...change }), channel);
      kinds.push(heard.kind);
    };
    await hear('Before?');
    await hear('Why?', { addressed: true });
    await hear('And then?');
    await hear('Is that so, Bo?', { mentionsOthers: true });
    await conversation.resolve('slack:T1:C1:1', true);
    await hear('Still there?');
    await hear('You there?', { addressed: true });
    await hear('And now?');
    expect(kinds).toEqual([
      'ignored',
      'answered',
      'answered',
      'ignored',
      'ignored',
      'answered',
      'answered',
    ]);
  });

  test('a quiet channel takes commands, and tells who mentions it why it is quiet', async () => {
    const { channel, last } = openScribe();
    const { conversation } = stage;
    const { place } = said('');
    await conversation.changeSettings(place, {
      ...(await conversation.settings(place)),
      quiet: true,
    });
    expect(await conversation.hear(said('Why?'), channel)).toEqual({ kind: 'refused' });
    expect(last()).toEqual({ type: 'notice', notice: { code: 'quiet' } });
    const command = said('Why?', { message: null });
    expect(await conversation.hear(command, channel)).toMatchObject({ kind: 'answered' });
    const follow = await conversation.hear(said('And?', { addressed: false }), channel);
    expect(follow).toEqual({ kind: 'ignored' });
  });

  test('a channel set to mentions only wants mentions', async () => {
    const { channel } = openScribe();
    const { conversation } = stage;
    const { place } = said('');
    await conversation.changeSettings(place, {
      ...(await conversation.settings(place)),
      followUps: false,
    });
    expect(await conversation.hear(said('Why?'), channel)).toMatchObject({ kind: 'answered' });
    const follow = await conversation.hear(said('And?', { addressed: false }), channel);
    expect(follow).toEqual({ kind: 'ignored' });
  });

  test('ignores other bots, or gives them their turns when the channel wants it', async () => {
    const { channel, shown } = openScribe();
    const { conversation } = stage;
    const bot = { person: { id: 'B9', roles: [], locale: null, bot: true } };
    const { place } = said('');
    expect(await conversation.hear(said('Hi twin?', bot), channel)).toEqual({ kind: 'ignored' });
    await conversation.changeSettings(place, {
      ...(await conversation.settings(place)),
      bots: 'answer',
      botTurns: 2,
    });
    const kinds: string[] = [];
    for (const who of [bot, bot, bot, bot, {}, bot]) {
      kinds.push((await conversation.hear(said('Why?', who), channel)).kind);
    }
    expect(kinds).toEqual(['answered', 'answered', 'refused', 'refused', 'answered', 'answered']);
    expect(shown).toHaveLength(4);
  });

  test.each([
    ['empty', said('  '), { code: 'empty' }],
    ['too long', said('x'.repeat(8_001)), { code: 'too-long', most: 8_000, length: 8_001 }],
  ])('an %s question gets a notice', async (_, message, notice) => {
    const { channel, last } = openScribe();
    expect(await stage.conversation.hear(message, channel)).toEqual({ kind: 'refused' });
    expect(last()).toEqual({ type: 'notice', notice });
    expect((await stage.traces.counts()).traces).toBe(0);
  });

  test('remembers its thread and no other', async () => {
    const { channel } = openScribe();
    const { conversation, asked } = stage;
    await conversation.hear(said('First?'), channel);
    await conversation.hear(said('Second?'), channel);
    await conversation.hear(said('Elsewhere?', { thread: 'slack:T1:C1:2' }), channel);
    expect(asked.map(({ history }) => history.map(({ text }) => text))).toEqual([
      [],
      ['First?', 'You asked: First?'],
      [],
    ]);
  });
});

describe('limits', () => {
  test('a person who asks too often is told when to come back, others are not held up', async () => {
    const limited = await openStage({ limits: { personPerMinute: 2, channelPerMinute: null } });
    const { channel, shown } = openScribe();
    const kinds: string[] = [];
    for (const id of ['U1', 'U1', 'U1', 'U2']) {
      const person = { id, roles: [], locale: null, bot: false };
      kinds.push((await limited.conversation.hear(said('Why?', { person }), channel)).kind);
    }
    expect(kinds).toEqual(['answered', 'answered', 'refused', 'answered']);
    const event = shown[2]?.events[0];
    expect(event).toMatchObject({ type: 'notice', notice: { code: 'rate.person' } });
    const wait = event?.type === 'notice' && 'retryAfterMs' in event.notice ? event.notice : null;
    expect(wait?.retryAfterMs).toBeGreaterThan(1_000);
    expect(wait?.retryAfterMs).toBeLessThanOrEqual(60_000);
    await limited.close();
  });

  test('a channel has its own limit', async () => {
    const limited = await openStage({ limits: { personPerMinute: null, channelPerMinute: 2 } });
    const { channel } = openScribe();
    const kinds: string[] = [];
    for (const id of ['U1', 'U2', 'U3']) {
      const person = { id, roles: [], locale: null, bot: false };
      kinds.push((await limited.conversation.hear(said('Why?', { person }), channel)).kind);
    }
    expect(kinds).toEqual(['answered', 'answered', 'refused']);
    await limited.close();
  });
});

describe('one answer at a time', () => {
  test('several short messages in a row are one turn', async () => {
    const { channel, shown } = openScribe();
    const heard = ['hey', 'quick one', 'why is it so?'].map((text) =>
      stage.conversation.hear(said(text), channel),
    );
    expect((await Promise.all(heard)).map(({ kind }) => kind)).toEqual([
      'answered',
      'merged',
      'merged',
    ]);
    expect(shown.at(-1)?.text()).toBe('You asked: hey\nquick one\nwhy is it so?');
    expect(stage.asked.at(-1)?.text).toBe('hey\nquick one\nwhy is it so?');
  });

  test('a message while nothing is shown joins the question; one after is a turn of its own', async () => {
    const { channel, shown } = openScribe();
    const { conversation, gate, asked } = stage;
    gate.holdStart();
    const first = conversation.hear(said('Why is the sky blue?'), channel);
    await until(() => asked.length === 1);
    const joined = await conversation.hear(said('At noon, I mean.'), channel);
    expect(joined.kind).toBe('merged');
    gate.holdEnd();
    gate.open();
    gate.holdEnd();
    await until(() => shown.at(-1)?.text() !== '');
    const second = conversation.hear(said('And at night?'), channel);
    gate.open();
    expect((await first).kind).toBe('answered');
    expect((await second).kind).toBe('answered');
    expect(shown.map((one) => one.events.at(-1)?.type)).toEqual(['stopped', 'done', 'done']);
    expect(asked.at(-1)?.history).toHaveLength(2);
  });

  test('what another person says waits for its turn', async () => {
    const { channel, shown } = openScribe();
    const { conversation, gate, asked } = stage;
    gate.holdStart();
    const first = conversation.hear(said('Why is the sky blue?'), channel);
    await until(() => asked.length === 1);
    const person = { id: 'U2', roles: [], locale: null, bot: false };
    const second = conversation.hear(said('And the sea?', { person }), channel);
    gate.open();
    expect((await first).kind).toBe('answered');
    expect((await second).kind).toBe('answered');
    expect(shown.map((one) => one.text())).toEqual([
      'You asked: Why is the sky blue?',
      'You asked: And the sea?',
    ]);
  });

  test('answers in one thread from two processes do not overlap', async () => {
    const { channel, shown } = openScribe();
    const other = await openStage({}, stage.home);
    stage.gate.holdEnd();
    const first = stage.conversation.hear(said('First?'), channel);
    await until(() => shown.length === 1 && shown[0]?.text() !== '');
    const person = { id: 'U2', roles: [], locale: null, bot: false };
    const second = other.conversation.hear(said('Second?', { person }), channel);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(shown).toHaveLength(1);
    stage.gate.open();
    await Promise.all([first, second]);
    await other.close({ keep: true });
    expect(shown.map((one) => one.events.at(-1)?.type)).toEqual(['done', 'done']);
  });
});
