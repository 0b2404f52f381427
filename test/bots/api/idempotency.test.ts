import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { messageOf } from '../../../bots/api/answers/asking.ts';
import { openKey } from '../../../bots/api/auth/open-key.ts';
import { asking, writeAsked } from '../../../bots/conversation/asked.ts';
import { openStage, type Stage, until } from '../conversation/stage.ts';
import { openScene, type Scene } from './scene.ts';

let stage: Stage;
let scene: Scene;
beforeEach(async () => {
  stage = await openStage();
  scene = await openScene(stage);
});
afterEach(async () => {
  stage.gate.open();
  await scene.close();
  await stage.close();
});

const body = { question: 'Why is the sky blue?', thread: 'sky' };
const keyed = (name = 'k1') => ({ headers: { 'idempotency-key': name } });
const answered = async () => (await stage.traces.counts()).traces;

describe('a request that is sent again', () => {
  test('gets the answer that was given, in the same words, and asks nobody', async () => {
    const first = await scene.ask(body, keyed());
    const again = await scene.ask(body, keyed());
    expect(again.status).toBe(200);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const { answer, trace, thread, outcome } = first.json;
    expect(again.json).toMatchObject({ answer, trace, thread, outcome, replayed: true });
    expect(stage.asked).toHaveLength(1);
  });

  test('gets it as events too, and in OpenAI’s protocol', async () => {
    const { json } = await scene.ask(body, keyed());
    const { events, headers } = await scene.asEvents(body, keyed());
    expect(headers.get('idempotency-replayed')).toBe('true');
    expect(events.map(({ type }) => type)).toEqual(['sources', 'text', 'done']);
    expect(events[1]).toMatchObject({ text: json['answer'], citations: [] });
    expect(events[2]).toMatchObject({ trace: json['trace'] });
    const chat = { model: 'ada', messages: [{ role: 'user', content: 'Why?' }] };
    const complete = () => scene.call('/v1/chat/completions', { body: chat, ...keyed('k2') });
    const [one, two] = [await complete(), await complete()];
    expect(two.headers.get('idempotency-replayed')).toBe('true');
    expect(two.json['choices']).toEqual(one.json['choices']);
    expect(await answered()).toBe(2);
  });

  test('waits its turn with 409 while the answer is being written', async () => {
    stage.gate.holdEnd();
    const first = scene.ask(body, keyed());
    await until(() => stage.asked.length === 1);
    const { status, json, headers } = await scene.ask(body, keyed());
    expect({ status, code: json['code'] }).toEqual({ status: 409, code: 'idempotency.running' });
    expect(headers.get('retry-after')).toBe('2');
    expect((await scene.asEvents(body, keyed())).status).toBe(409);
    stage.gate.open();
    expect((await first).status).toBe(200);
    expect((await scene.ask(body, keyed())).json).toMatchObject({ replayed: true });
    expect(await answered()).toBe(1);
  });

  test('many times at once is answered once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => scene.ask(body, keyed())));
    const fresh = all.filter(({ status, json }) => status === 200 && json['replayed'] === false);
    expect(fresh).toHaveLength(1);
    for (const { status } of all) expect([200, 409]).toContain(status);
    expect(await answered()).toBe(1);
  });

  test('is found again by another process on the same database', async () => {
    const { json } = await scene.ask(body, keyed());
    const key = scene.everything;
    const other = await openStage({}, stage.home);
    const elsewhere = await openScene(other);
    const again = await elsewhere.ask(body, { ...keyed(), key });
    expect(again.json).toMatchObject({ trace: json['trace'], replayed: true });
    await elsewhere.close();
    await other.close({ keep: true });
  });

  test('with another question under the same name is a mistake', async () => {
    await scene.ask(body, keyed());
    for (const change of [{ question: 'Why is it red?' }, { length: 'short' }, { thread: 'b' }]) {
      const { status, json } = await scene.ask({ ...body, ...change }, keyed());
      expect({ status, code: json['code'] }).toEqual({ status: 422, code: 'idempotency.mismatch' });
    }
    expect(await answered()).toBe(1);
  });

  test('by another key is another request', async () => {
    await scene.ask(body, keyed());
    const key = await scene.makeKey(['ask']);
    const { json } = await scene.ask(body, { ...keyed(), key });
    expect(json).toMatchObject({ replayed: false });
    expect(await answered()).toBe(2);
  });

  test('is answered at last where the first try failed', async () => {
    stage.gate.breakModel(true);
    expect((await scene.ask(body, keyed())).status).toBeGreaterThanOrEqual(500);
    stage.gate.breakModel(false);
    const second = await scene.ask(body, keyed());
    expect(second.json).toMatchObject({ outcome: 'answered', replayed: false });
    expect((await scene.ask(body, keyed())).json).toMatchObject({
      trace: second.json['trace'],
      replayed: true,
    });
  });

  test('is answered anew where its client had left before the end', async () => {
    stage.gate.holdEnd();
    const leaving = new AbortController();
    const left = scene.asEvents(body, { ...keyed(), signal: leaving.signal });
    left.catch(() => undefined);
    await until(() => stage.asked.length === 1);
    leaving.abort();
    const name = JSON.stringify([(await scene.keys.list())[0]?.name, 'k1', 0]);
    while ((await stage.conversation.turnOf('api', name))?.running !== false) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    stage.gate.open();
    const { status, json } = await scene.ask(body, keyed());
    expect(status).toBe(200);
    expect(json).toMatchObject({ outcome: 'answered', replayed: false });
  });

  test('ends in a plain no where it fails over and over', async () => {
    stage.gate.breakModel(true);
    let last = await scene.ask(body, keyed());
    for (let tries = 0; tries < 10 && last.status !== 409; tries += 1) {
      last = await scene.ask(body, keyed());
    }
    expect(last.json).toMatchObject({ status: 409, code: 'idempotency.spent' });
  });

  test('and was refused for a limit is answered once the limit allows it', async () => {
    await scene.close();
    await stage.close();
    stage = await openStage({ limits: { personPerMinute: 1 } });
    scene = await openScene(stage);
    const key = await scene.makeKey(['ask'], { name: 'hasty' });
    expect((await scene.ask(body, { key })).status).toBe(200);
    const refused = await scene.ask(body, { key, ...keyed() });
    expect(refused.json).toMatchObject({ status: 429, code: 'rate.person' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await openStage({}, stage.home);
    const unlimited = await openScene(other);
    const { json } = await unlimited.ask(body, { key, ...keyed() });
    expect(json).toMatchObject({ outcome: 'answered', replayed: false });
    await unlimited.close();
    await other.close({ keep: true });
  });

  test('is answered by the next process where the one that took it in has died', async () => {
    const opened = await openKey(scene.keys, `Bearer ${scene.everything}`, new Date());
    if (opened.caller === null) throw new Error('The key does not open.');
    const message = messageOf(
      {
        caller: opened.caller,
        question: body.question,
        thread: body.thread,
        history: null,
        only: {},
        length: undefined,
        locale: null,
        idempotencyKey: 'k1',
      },
      body.thread,
      0,
    );
    const gone = spawnSync(process.execPath, ['--version']).pid;
    await stage.state.claim({
      id: crypto.randomUUID(),
      event: message.event,
      platform: 'api',
      thread: message.thread,
      place: 'api::',
      asker: 'someone',
      bot: false,
      askedAtMs: Date.now(),
      message: null,
      asked: writeAsked(asking(message)),
      owner: `${gone} another process ${hostname()}`,
      leaseUntilMs: Date.now() + 3_600_000,
      where: null,
    });
    expect((await scene.ask(body, keyed())).status).toBe(409);
    await stage.conversation.tidy();
    expect((await scene.ask(body, keyed())).json).toMatchObject({ replayed: false });
    expect((await scene.ask(body, keyed())).json).toMatchObject({ replayed: true });
  });

  test('needs a name that can be one', async () => {
    const { json } = await scene.ask(body, keyed('two words'));
    expect(json).toMatchObject({ status: 400, errors: [{ pointer: '/idempotency-key' }] });
  });
});

test('what is kept of a request under a name tells nothing of its words', async () => {
  await scene.ask({ question: 'Is the swordfish secret?' }, keyed());
  const turn = await stage.conversation.turnOf(
    'api',
    JSON.stringify([(await scene.keys.list())[0]?.name, 'k1', 0]),
  );
  const stored = await stage.state.turn(turn?.turn ?? '');
  expect(stored?.asked).toMatchObject({
    message: { reply: expect.stringMatching(/^[\w-]{43}$/u) },
  });
  expect(JSON.stringify(stored)).not.toContain('swordfish');
});
