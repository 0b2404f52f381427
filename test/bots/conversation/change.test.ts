import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openScribe, openStage, type Stage, said, until } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const editOf = (message: ReturnType<typeof said>, text: string) => ({
  event: `${message.event}-edit-${text}`,
  place: message.place,
  thread: message.thread,
  message: message.message ?? '',
  text,
});

describe('stop', () => {
  test('the asker stops the answer, nobody else does', async () => {
    const { channel, shown, last } = openScribe();
    const { conversation, gate } = stage;
    gate.holdEnd();
    const message = said('Why?');
    const heard = conversation.hear(message, channel);
    await until(() => shown[0]?.text() === 'You asked: Why?');
    const turn = shown[0]?.turn ?? '';
    const stranger = { ...message.person, id: 'U2' };
    expect(await conversation.stop(turn, stranger)).toBe('not-asker');
    expect(await conversation.stop(turn, message.person)).toBe('stopped');
    expect(await heard).toMatchObject({ kind: 'stopped', turn });
    expect(last()).toMatchObject({ type: 'stopped', reason: 'asker' });
    expect(await conversation.stop(turn, message.person)).toBe('not-running');
    const [trace] = await stage.traces.traces();
    expect(trace).toMatchObject({ outcome: 'cancelled', answer: 'You asked: Why?' });
  });

  test.each([
    ['Stop!', 'en-US'],
    ['schon gut', 'de'],
    ['stop', 'ja'],
  ])('may be typed by the asker: %s (%s)', async (text, locale) => {
    const { channel, shown, last } = openScribe();
    const { conversation, gate } = stage;
    gate.holdEnd();
    const person = { ...said('').person, locale };
    const heard = conversation.hear(said('Why?', { person }), channel);
    await until(() => shown[0]?.text() === 'You asked: Why?');
    const typed = await conversation.hear(said(text, { person, addressed: false }), channel);
    expect(typed).toEqual({ kind: 'merged', turn: shown[0]?.turn });
    expect((await heard).kind).toBe('stopped');
    expect(last()).toMatchObject({ type: 'stopped', reason: 'asker' });
    expect(shown).toHaveLength(1);
  });

  test('typed by somebody else, or when nothing runs, is a message like any other', async () => {
    const { channel, shown } = openScribe();
    const { conversation, gate } = stage;
    gate.holdEnd();
    const heard = conversation.hear(said('Why?'), channel);
    await until(() => shown[0]?.text() === 'You asked: Why?');
    const stranger = { ...said('').person, id: 'U2' };
    const other = conversation.hear(said('stop', { person: stranger }), channel);
    gate.open();
    expect((await heard).kind).toBe('answered');
    expect((await other).kind).toBe('answered');
    expect((await conversation.hear(said('Stop.'), channel)).kind).toBe('answered');
  });

  test('what is stopped before its turn comes is said to be stopped', async () => {
    const { channel, shown } = openScribe();
    const { conversation, gate } = stage;
    gate.holdEnd();
    const first = conversation.hear(said('First?'), channel);
    await until(() => shown[0]?.text() !== '' && shown.length === 1);
    const message = said('Second?', { message: null });
    const second = conversation.hear(message, channel);
    let turns = await stage.state.turns(message.thread, 2);
    while (turns.length < 2) turns = await stage.state.turns(message.thread, 2);
    // Taken in comes a moment before waiting in line.
    while ((await conversation.stop(turns[0]?.id ?? '', message.person)) !== 'stopped');
    gate.open();
    expect((await first).kind).toBe('answered');
    expect((await second).kind).toBe('stopped');
    expect(shown[1]?.events.map(({ type }) => type)).toEqual(['stopped']);
  });
});

describe('an edited question', () => {
  test('starts a running answer again, in place', async () => {
    const { channel, shown } = openScribe();
    const { conversation, gate } = stage;
    gate.holdEnd();
    const message = said('Why blue?');
    const heard = conversation.hear(message, channel);
    await until(() => shown[0]?.text() === 'You asked: Why blue?');
    const edited = await conversation.edited(editOf(message, 'Why green?'), channel);
    expect(edited.kind).toBe('merged');
    await until(() => shown[1]?.text() === 'You asked: Why green?');
    gate.open();
    expect((await heard).kind).toBe('answered');
    expect(shown[0]?.events.at(-1)).toMatchObject({ type: 'stopped', reason: 'restarted' });
    expect(shown[1]?.delivery.earlier).toEqual({ at: 'a1' });
  });

  test('has its given answer replaced, and the thread remembers only the new one', async () => {
    const { channel, shown } = openScribe();
    const { conversation, asked } = stage;
    const message = said('Why blue?');
    await conversation.hear(message, channel);
    const heard = await conversation.edited(editOf(message, 'Why green?'), channel);
    expect(heard.kind).toBe('answered');
    expect(shown[1]?.delivery.earlier).toEqual({ at: 'a1' });
    await conversation.hear(said('And red?'), channel);
    expect(asked.at(-1)?.history.map(({ text }) => text)).toEqual([
      'Why green?',
      'You asked: Why green?',
    ]);
  });

  test.each([
    ['says the same', 'Why blue?', {}],
    [
      'was edited too late',
      'Why green?',
      { timing: { burstMs: 30, leaseMs: 2_000, editableMs: -1 } },
    ],
  ])('is left alone when it %s', async (_, text, change) => {
    const { channel, shown } = openScribe();
    const other = await openStage(change);
    const message = said('Why blue?');
    await other.conversation.hear(message, channel);
    expect(await other.conversation.edited(editOf(message, text), channel)).toEqual({
      kind: 'ignored',
    });
    expect(shown).toHaveLength(1);
    await other.close();
  });

  test('that nobody asked the twin is no question', async () => {
    const { channel, shown } = openScribe();
    const heard = await stage.conversation.edited(editOf(said('x'), 'Why?'), channel);
    expect(heard).toEqual({ kind: 'ignored' });
    expect(shown).toEqual([]);
  });
});

describe('a deleted question', () => {
  test('stops its answer, which is told to go', async () => {
    const { channel, shown, last } = openScribe();
    const { conversation, gate } = stage;
    gate.holdEnd();
    const message = said('Why blue?');
    const heard = conversation.hear(message, channel);
    await until(() => shown[0]?.text() !== '' && shown.length === 1);
    const { place, thread } = message;
    await conversation.deleted({ place, thread, message: message.message ?? '' });
    expect((await heard).kind).toBe('stopped');
    expect(last()).toMatchObject({ type: 'stopped', reason: 'deleted' });
  });

  test('is forgotten by the thread', async () => {
    const { channel } = openScribe();
    const { conversation, asked } = stage;
    const message = said('Why blue?');
    await conversation.hear(message, channel);
    const { place, thread } = message;
    await conversation.deleted({ place, thread, message: message.message ?? '' });
    await conversation.hear(said('And red?'), channel);
    expect(asked.at(-1)?.history).toEqual([]);
  });

  test('that was one of several leaves the others', async () => {
    const { channel, shown } = openScribe();
    const { conversation, gate, asked } = stage;
    gate.holdStart();
    const first = said('Why is the sky blue?');
    const heard = conversation.hear(first, channel);
    await until(() => asked.length === 1);
    await conversation.hear(said('And green?'), channel);
    const { place, thread } = first;
    await conversation.deleted({ place, thread, message: first.message ?? '' });
    gate.open();
    expect((await heard).kind).toBe('answered');
    expect(shown.at(-1)?.text()).toBe('You asked: And green?');
  });
});

describe('another answer', () => {
  test.each([
    ['shorter', { length: 'short' }],
    ['longer', { length: 'long' }],
    ['again', { besides: [] }],
  ] as const)('"%s" replaces the one that stands', async (wish, expected) => {
    const { channel, shown } = openScribe();
    const { conversation, asked } = stage;
    const message = said('Why blue?');
    const heard = await conversation.hear(message, channel);
    if (heard.kind !== 'answered') throw new Error(heard.kind);
    const { turn } = heard;
    const press = { event: 'press-1', turn, person: message.person, wish };
    expect((await conversation.again(press, channel)).kind).toBe('answered');
    expect((await conversation.again(press, channel)).kind).toBe('duplicate');
    expect(asked.at(-1)).toMatchObject({ text: 'Why blue?', history: [], ...expected });
    expect(shown[1]?.delivery.earlier).toEqual({ at: 'a1' });
    const known = await conversation.turnAt(message.place, 'a2');
    expect(known).toMatchObject({ running: false, asker: 'U1', thread: message.thread });
  });

  test('is not for who may not ask, and counts like a question', async () => {
    const other = await openStage({
      rules: [{ allow: true, people: ['U1'] }],
      limits: { personPerMinute: 2, channelPerMinute: null },
    });
    const { channel, shown, last } = openScribe();
    const message = said('Why blue?');
    const heard = await other.conversation.hear(message, channel);
    if (heard.kind !== 'answered') throw new Error(heard.kind);
    const press = (event: string, id: string) =>
      other.conversation.again(
        { event, turn: heard.turn, person: { ...message.person, id }, wish: 'again' },
        channel,
      );
    expect(await press('p1', 'U9')).toEqual({ kind: 'refused' });
    expect(last()).toMatchObject({ notice: { code: 'not-allowed' } });
    expect(await press('p2', 'U1')).toMatchObject({ kind: 'answered' });
    expect(await press('p3', 'U1')).toEqual({ kind: 'refused' });
    expect(last()).toMatchObject({ notice: { code: 'rate.person' } });
    expect(shown[1]?.delivery.earlier).toBeNull();
    await other.close();
  });

  test('and a thumb may come before the turn counts as ended: its buttons stand sooner', async () => {
    const { channel, shown } = openScribe();
    const { conversation } = stage;
    const gone = Promise.withResolvers<void>();
    const slow: typeof channel = {
      ...channel,
      async deliver(delivery) {
        await channel.deliver(delivery);
        await gone.promise;
      },
    };
    const message = said('Why blue?');
    const heard = conversation.hear(message, slow);
    await until(() => shown[0]?.events.at(-1)?.type === 'done');
    const turn = shown[0]?.turn ?? '';
    const known = await conversation.turn(turn);
    expect(known?.trace).toMatch(/^[0-9a-f-]{36}$/u);
    const again = conversation.again(
      { event: 'early', turn, person: message.person, wish: 'shorter' },
      channel,
    );
    gone.resolve();
    expect((await heard).kind).toBe('answered');
    expect(await again).toMatchObject({ kind: 'answered' });
  });

  test('of an answer that is no longer kept is unknown', async () => {
    const { channel } = openScribe();
    const press = {
      event: 'p',
      turn: 'nothing',
      person: said('').person,
      wish: 'again' as const,
    };
    expect(await stage.conversation.again(press, channel)).toEqual({ kind: 'unknown' });
  });
});

describe('feedback', () => {
  test('counts once a person, the later one', async () => {
    const { channel } = openScribe();
    const { conversation, traces } = stage;
    const message = said('Why?');
    const heard = await conversation.hear(message, channel);
    if (heard.kind !== 'answered') throw new Error(heard.kind);
    const { trace } = heard;
    const { place, person } = message;
    const give = (id: string, value: 'up' | 'down', reason: string | null = null) =>
      conversation.feedback({ trace, place, person: { ...person, id }, value, reason });
    expect(await give('U1', 'up')).toBe(true);
    expect(await give('U1', 'down', 'wrong')).toBe(true);
    expect(await give('U2', 'up')).toBe(true);
    expect(await traces.counts()).toEqual({ traces: 1, up: 1, down: 1 });
    expect(await traces.recentFeedback(5)).toHaveLength(2);
    expect(
      await conversation.feedback({ trace: 'none', place, person, value: 'up', reason: null }),
    ).toBe(false);
  });
});
