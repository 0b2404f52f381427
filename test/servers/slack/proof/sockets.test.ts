import { afterEach, describe, expect, it } from 'vitest';
import { type Bolt, startBolt } from '../bolt.ts';
import { type SlackServer, type SlackServerOptions, startSlackServer } from '../server.ts';
import { openRaw } from './raw-socket.ts';

let slack: SlackServer;
let bolts: Bolt[] = [];

afterEach(async () => {
  await Promise.all(bolts.map((bolt) => bolt.stop()));
  bolts = [];
  await slack.close();
});

type Heard = { readonly text: string; readonly retry: number | undefined; readonly id: string };

/** Apps that note the direct messages that they hear, and answer as they are told. */
async function start(
  options: SlackServerOptions = {},
  apps = 1,
  listen: () => Promise<void> = async () => {},
): Promise<Heard[][]> {
  slack = await startSlackServer({ echo: false, ...options });
  const heard: Heard[][] = [];
  for (const notes of Array.from({ length: apps }, (): Heard[] => [])) {
    heard.push(notes);
    const bolt = await startBolt(slack, (app) =>
      app.message(async ({ message, body, context }) => {
        const text = 'text' in message ? (message.text ?? '') : '';
        notes.push({ text, retry: context.retryNum, id: body.event_id });
        await listen();
      }),
    );
    bolts.push(bolt);
  }
  return heard;
}

const says = (text: string) => slack.workspace.user('U1').dms(text);
const codes = () => slack.violations.map(({ code }) => code);

describe('several connections', () => {
  it('take turns: each envelope goes to one', async () => {
    const heard = await start({}, 2);
    expect(slack.socket.connections).toBe(2);
    for (const text of ['a', 'b', 'c', 'd']) says(text);
    await slack.until(() => heard.flat().length === 4);
    expect(heard.map((notes) => notes.length)).toEqual([2, 2]);
    expect(new Set(heard.flat().map(({ text }) => text))).toEqual(new Set(['a', 'b', 'c', 'd']));
  });
});

describe('redelivery', () => {
  it('comes with the same event id when an acknowledgement is lost', async () => {
    const [heard = []] = await start({ retryDelaysMs: [0] });
    slack.faults.loseAcks();
    says('hello');
    await slack.until(() => heard.length === 2);
    await slack.settled();
    expect(heard.map(({ retry }) => retry)).toEqual([0, 1]);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
    expect(slack.deliveries.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['lost', 0],
      ['acknowledged', 1],
    ]);
    // Nobody's mistake.
    expect(codes()).toEqual([]);
  });

  it('comes when nobody acknowledges in time, until Slack gives up', async () => {
    await start({ retryDelaysMs: [0, 0], ackDeadlineMs: 40 }, 0);
    const { received, socket } = await openRaw(slack);
    says('hello');
    const envelopes = () => received.filter(({ type }) => type === 'events_api');
    await slack.until(() => envelopes().length === 3);
    await slack.settled();
    expect(envelopes().map(({ retry_attempt: attempt }) => attempt)).toEqual([0, 1, 2]);
    expect(envelopes().map(({ retry_reason: reason }) => reason)).toEqual([
      '',
      'timeout',
      'timeout',
    ]);
    expect(new Set(envelopes().map(({ envelope_id: id }) => id)).size).toBe(3);
    expect(codes()).toEqual(['late_ack', 'late_ack', 'late_ack']);
    // An acknowledgement that comes after all is noted.
    socket.send(JSON.stringify({ envelope_id: envelopes()[0]?.['envelope_id'] }));
    await slack.until(() => slack.deliveries[0]?.state === 'late');
    socket.close();
  });

  it('waits for a connection when there is none', async () => {
    slack = await startSlackServer();
    says('are you there?');
    await slack.settled();
    expect(slack.deliveries).toEqual([]);
    const heard: string[] = [];
    const bolt = await startBolt(slack, (app) =>
      app.message(
        async ({ message }) => void heard.push('text' in message ? `${message.text}` : ''),
      ),
    );
    bolts.push(bolt);
    await slack.until(() => heard.length === 1);
    expect(heard).toEqual(['are you there?']);
  });
});

describe('order', () => {
  it('events are doubled and turned round on request', async () => {
    const [heard = []] = await start();
    slack.faults.duplicateEnvelopes();
    says('twice');
    await slack.until(() => heard.length === 2);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(1);
    slack.faults.reorderEnvelopes(3);
    for (const text of ['a', 'b', 'c']) says(text);
    await slack.until(() => heard.length === 5);
    expect(heard.slice(2).map(({ text }) => text)).toEqual(['c', 'b', 'a']);
    // Nothing is held back for good.
    slack.faults.reorderEnvelopes(3);
    for (const text of ['d', 'e']) says(text);
    slack.faults.clear();
    await slack.until(() => heard.length === 7);
    expect(heard.slice(5).map(({ text }) => text)).toEqual(['d', 'e']);
    expect(slack.faults.injected).toEqual([
      { where: 'envelope', kind: 'duplicate' },
      { where: 'envelope', kind: 'reorder' },
    ]);
  });
});

describe('a platform that doubles at random', () => {
  it('doubles the same events for the same seed', async () => {
    const run = async (seed: number): Promise<string> => {
      const [heard = []] = await start({ seed });
      slack.faults.duplicateRandomly(0.5);
      for (let n = 0; n < 12; n += 1) says(`${n}`);
      await slack.until(() => heard.length >= 12);
      await slack.settled();
      const often = Array.from(
        { length: 12 },
        (_, n) => heard.filter(({ text }) => text === `${n}`).length,
      ).join('');
      await Promise.all(bolts.splice(0).map((bolt) => bolt.stop()));
      await slack.close();
      return often;
    };
    const first = await run(3);
    expect(first).toMatch(/^[12]*$/);
    expect(first).toContain('2');
    expect(first).toContain('1');
    expect(await run(3)).toBe(first);
    slack = await startSlackServer();
  });
});

describe('the end of a connection', () => {
  it.each(['refresh_requested', 'warning', 'link_disabled'] as const)(
    'by %s: Bolt comes back and hears what was said meanwhile',
    async (reason) => {
      const [heard = []] = await start();
      slack.socket.disconnect(reason);
      await slack.until(() => slack.socket.connections === 0);
      says('meanwhile');
      await slack.until(() => heard.length === 1);
      expect(slack.socket.opened).toBe(2);
      expect(codes()).toEqual([]);
    },
  );

  it('without a word, before the acknowledgement: the event comes again', async () => {
    await start({ retryDelaysMs: [0] }, 0);
    const first = await openRaw(slack);
    says('hello');
    await slack.until(() => first.received.some(({ type }) => type === 'events_api'));
    slack.socket.drop();
    await slack.until(() => slack.deliveries[0]?.state === 'lost');
    const second = await openRaw(slack);
    const again = await slack.until(() =>
      second.received.find(({ type }) => type === 'events_api'),
    );
    expect(again).toMatchObject({ retry_attempt: 1, retry_reason: 'connection_failed' });
    second.socket.send(JSON.stringify({ envelope_id: again['envelope_id'] }));
    await slack.settled();
    expect(slack.deliveries.map(({ state }) => state)).toEqual(['lost', 'acknowledged']);
    expect(codes()).toEqual([]);
    second.socket.close();
  });

  it('in the middle of an answer: the answer is not lost, and nothing is heard twice', async () => {
    let go = (): void => {};
    const answering = new Promise<void>((resolve) => {
      go = resolve;
    });
    const [heard = []] = await start({ retryDelaysMs: [0] }, 1, () => answering);
    says('before');
    await slack.until(() => heard.length === 1 && slack.deliveries[0]?.state === 'acknowledged');
    slack.socket.drop();
    go();
    says('after');
    await slack.until(() => heard.length === 2);
    await slack.settled();
    expect(heard.map(({ text }) => text)).toEqual(['before', 'after']);
    expect(codes()).toEqual([]);
  });
});
