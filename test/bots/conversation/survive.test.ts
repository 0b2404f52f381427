import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asking, readAsked, wordsOf, writeAsked } from '../../../bots/conversation/asked.ts';
import { openScribe, openStage, type Stage, said, until } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

/** What a process leaves behind that is killed in the middle of an answer. */
async function abandon(text: string, change: { askedAtMs?: number; recoveries?: number } = {}) {
  const message = said(text);
  const id = randomUUID();
  const { recoveries } = change;
  await stage.state.claim({
    id,
    event: message.event,
    platform: 'slack',
    thread: message.thread,
    place: 'slack:T1:C1',
    asker: 'someone',
    bot: false,
    askedAtMs: change.askedAtMs ?? Date.now(),
    message: message.message,
    asked: writeAsked({ ...asking(message), ...(recoveries !== undefined && { recoveries }) }),
    owner: 'dead',
    leaseUntilMs: Date.now() - 1,
    where: null,
  });
  return { id, message };
}

describe('after a crash', () => {
  test('a question that was being answered is answered by the next process, once', async () => {
    const { channel, shown } = openScribe();
    const { id } = await abandon('Why?');
    const other = await openStage({}, stage.home);
    const recovered = await Promise.all([
      stage.conversation.recover(channel),
      other.conversation.recover(channel),
    ]);
    await other.close({ keep: true });
    expect(recovered.sort()).toEqual([0, 1]);
    expect(shown.map((one) => [one.turn, one.text()])).toEqual([[id, 'You asked: Why?']]);
    expect(shown[0]?.delivery.recovered).toBe(true);
    expect(await stage.conversation.recover(channel)).toBe(0);
  });

  test('a wish for another answer still finds the one it replaces', async () => {
    const { channel, shown } = openScribe();
    const message = said('Why blue?');
    const heard = await stage.conversation.hear(message, channel);
    if (heard.kind !== 'answered') throw new Error(heard.kind);
    stage.gate.holdStart();
    const press = { event: 'p', turn: heard.turn, person: message.person, wish: 'again' as const };
    const hanging = { ...channel, deliver: () => new Promise<void>(() => undefined) };
    void stage.conversation.again(press, hanging).catch(() => undefined);
    await until(() => stage.asked.length === 1);
    let [running] = await stage.state.turns(message.thread, 1);
    while (running?.id === heard.turn) [running] = await stage.state.turns(message.thread, 1);
    expect(running).toMatchObject({ state: 'running', where: { at: 'a1' } });
    expect(shown).toHaveLength(1);
  });

  test('a follow-up does not become part of what is being recovered', async () => {
    const { channel, shown } = openScribe();
    await abandon('Why?');
    stage.gate.holdStart();
    const recovering = stage.conversation.recover(channel);
    await until(() => stage.asked.length === 1);
    const follow = stage.conversation.hear(
      said('And then?', { person: { ...said('').person } }),
      channel,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    stage.gate.open();
    await recovering;
    expect((await follow).kind).toBe('answered');
    expect(shown.map((one) => one.text())).toEqual(['You asked: Why?', 'You asked: And then?']);
  });

  test('what had been shown is replaced', async () => {
    const { channel, shown } = openScribe();
    const { id } = await abandon('Why?');
    await stage.state.stand(id, { at: 'before' }, ['before']);
    await stage.conversation.recover(channel);
    expect(shown[0]?.delivery).toMatchObject({ earlier: { at: 'before' }, recovered: false });
  });

  test.each([
    ['old', { askedAtMs: Date.now() - 3_600_000 }],
    ['deadly', { recoveries: 2 }],
  ])('an %s question is closed, not answered', async (_, change) => {
    const { channel, shown, last } = openScribe();
    await abandon('Why?', change);
    expect(await stage.conversation.recover(channel)).toBe(1);
    expect(last()).toMatchObject({ type: 'stopped', reason: 'shutdown' });
    expect(shown).toHaveLength(1);
    expect(stage.asked).toEqual([]);
  });

  test('a question that had no right to an answer does not get one by a crash', async () => {
    const { channel, last } = openScribe();
    await abandon('Why?');
    const other = await openStage({ rules: [{ allow: true, people: ['U2'] }] }, stage.home);
    await other.conversation.recover(channel);
    expect(last()).toEqual({ type: 'notice', notice: { code: 'not-allowed' } });
    expect(other.asked).toEqual([]);
    await other.close({ keep: true });
  });

  test('leaves the other platforms to their own channels', async () => {
    await abandon('Why?');
    expect(await stage.conversation.recover(openScribe('discord').channel)).toBe(0);
  });

  test('a living process keeps what it answers for longer than a lease', async () => {
    const brief = await openStage({ timing: { leaseMs: 90, burstMs: 10 } });
    const { channel, shown } = openScribe();
    brief.gate.holdEnd();
    const heard = brief.conversation.hear(said('Why?'), channel);
    await until(() => shown.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const other = await openStage({ timing: { leaseMs: 90, burstMs: 10 } }, brief.home);
    expect(await other.conversation.recover(channel)).toBe(0);
    brief.gate.open();
    await heard;
    await other.close({ keep: true });
    await brief.close();
  });
});

describe('draining', () => {
  test('lets a running answer finish, and leaves what waits or comes now to the next process', async () => {
    const { channel, shown } = openScribe();
    const { conversation, gate } = stage;
    gate.holdEnd();
    const running = conversation.hear(said('First?'), channel);
    await until(() => shown[0]?.text() === 'You asked: First?');
    const waiting = conversation.hear(said('Second?'), channel);
    await until(() => stage.asked.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const drained = conversation.drain(60_000);
    expect((await waiting).kind).toBe('postponed');
    expect((await conversation.hear(said('Third?'), channel)).kind).toBe('postponed');
    gate.open();
    expect((await running).kind).toBe('answered');
    await drained;

    const next = await openStage({}, stage.home);
    expect(await next.conversation.recover(channel)).toBe(2);
    await next.close({ keep: true });
    expect(shown.map((one) => one.text())).toEqual([
      'You asked: First?',
      'You asked: Second?',
      'You asked: Third?',
    ]);
  });

  test('ends with an honest line what does not finish in time', async () => {
    const { channel, last } = openScribe();
    const { conversation, gate } = stage;
    gate.holdEnd();
    const running = conversation.hear(said('First?'), channel);
    await until(() => last()?.type === 'text');
    await conversation.drain(10);
    expect((await running).kind).toBe('stopped');
    expect(last()).toMatchObject({ type: 'stopped', reason: 'shutdown' });
  });
});

describe('a delivery that fails', () => {
  test('is reported, noted as undelivered, and the thread goes on', async () => {
    const { channel } = openScribe();
    const broken = { ...channel, deliver: () => Promise.reject(new Error('archived')) };
    await expect(stage.conversation.hear(said('Why?'), broken)).rejects.toThrow('archived');
    const [turn] = await stage.state.turns('slack:T1:C1:1', 1);
    expect(turn).toMatchObject({ state: 'ended', outcome: 'undelivered' });
    const heard = await stage.conversation.hear(said('Still?'), channel);
    expect(heard.kind).toBe('answered');
  });

  test('and one that never comes back is given up, so that the thread goes on', async () => {
    const brief = await openStage({ timing: { deliverMs: 50, burstMs: 10 } });
    const { channel } = openScribe();
    const hanging = { ...channel, deliver: () => new Promise<void>(() => undefined) };
    await expect(brief.conversation.hear(said('Why?'), hanging)).rejects.toMatchObject({
      code: 'conversation.undelivered',
    });
    expect((await brief.conversation.hear(said('Still?'), channel)).kind).toBe('answered');
    await brief.close();
  });

  test('an answer whose trace cannot be written ends in an error instead of done', async () => {
    const { traces } = stage;
    const record = () => Promise.reject(new Error('disk full'));
    const other = await openStage({ tracer: { ...traces, record } }, stage.home);
    const { channel, last } = openScribe();
    await other.conversation.hear(said('Why?'), channel);
    expect(last()).toMatchObject({ type: 'error', error: { code: 'trace.unwritten' } });
    await other.close({ keep: true });
  });
});

describe('what is kept', () => {
  test('is tidied: old turns go, and so do the words of a question whose page died', async () => {
    const old = await openStage({ timing: { keptMs: -1_000, burstMs: 10 } });
    const { channel } = openScribe();
    await old.conversation.hear(said('Why?'), channel);
    const message = said('A page asked this secret?', {
      place: { platform: 'web', workspace: null, channel: null, kind: 'local' },
      thread: 'web:1',
    });
    await old.state.claim({
      id: 'left',
      event: 'left',
      platform: 'web',
      thread: 'web:1',
      place: 'web::',
      asker: 'someone',
      bot: false,
      askedAtMs: Date.now() + 60_000,
      message: null,
      asked: writeAsked(asking(message)),
      owner: 'dead',
      leaseUntilMs: 0,
      where: null,
    });
    await old.conversation.tidy();
    expect(await old.state.turns('slack:T1:C1:1', 5)).toEqual([]);
    const left = await old.state.turn('left');
    expect(left).toMatchObject({ state: 'ended', outcome: 'undelivered' });
    expect(JSON.stringify(left)).not.toContain('secret');
    await old.close();
  });

  test('a turn that ended keeps no words of the question', async () => {
    const { channel } = openScribe();
    await stage.conversation.hear(said('My secret question?'), channel);
    const [turn] = await stage.state.turns('slack:T1:C1:1', 1);
    expect(JSON.stringify(turn)).not.toContain('secret');
    expect(wordsOf(readAsked(turn?.asked ?? null))).toBe('');
  });
});
