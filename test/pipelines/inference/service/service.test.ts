import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Answering } from '../../../../pipelines/inference/ask.ts';
import { finish, pipeline, question, text } from '../pipeline.ts';
import { linesIn, metricOf, post, refusalIn } from './ask.ts';
import { startService } from './service.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(answering: Answering, options: Parameters<typeof startService>[1] = {}) {
  const service = await startService(answering, options);
  closers.push(service.close);
  return service;
}

/** A pipeline whose answers end when they are let. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  closers.push(async () => resolve());
  return { ...pipeline([text('It ', 1), promise, text('marks.'), finish]), letGo: resolve };
}

const types = async (response: Response) =>
  (await Array.fromAsync(linesIn(response))).map(({ type }) => type);
const token = 'a-token-of-our-own';

describe('who may ask', () => {
  test('on another address than this machine’s nobody may without a token', async () => {
    const starting = startService(pipeline([finish]).answering, { host: '0.0.0.0' });
    await expect(starting).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'inference.no-token',
    });
    await start(pipeline([finish]).answering, { host: '0.0.0.0', token });
  });

  test.each([
    ['no token', undefined],
    ['another token', `${token}!`],
    ['half of it', token.slice(0, 8)],
  ])('%s is refused before anything is read', async (_, given) => {
    const { answering, seen } = pipeline([finish]);
    const { url } = await start(answering, { token });
    const response = await post(url, given === undefined ? {} : { token: given });
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await refusalIn(response)).toMatchObject({
      status: 401,
      kind: 'permanent',
      code: 'inference.unauthorised',
    });
    expect((await fetch(`${url}/v1/about`)).status).toBe(401);
    expect(seen.questions).toEqual([]);
  });

  test('whoever holds the token is answered; probes need none', async () => {
    const { url } = await start(pipeline([finish]).answering, { token });
    expect(await types(await post(url, { token }))).toContain('done');
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      expect((await fetch(`${url}${path}`)).status).toBe(200);
    }
  });
});

describe('what may be asked', () => {
  const wrong: readonly (readonly [string, unknown, string])[] = [
    ['no JSON', 'What is it?', ''],
    ['no id', { question }, 'id'],
    ['a question without its thread', { id: randomUUID(), question: { text: 'a', now: '' } }, ''],
    [
      'a limit of the asker that is not known here',
      { id: randomUUID(), question: { ...question, access: { labels: ['public'] } } },
      'question.access',
    ],
    [
      'a wish that is not known here',
      { id: randomUUID(), question: { ...question, mood: 'merry' } },
      'question',
    ],
  ];
  test.each(wrong)('%s is refused, and nothing is asked', async (_, body, field) => {
    const { answering, seen } = pipeline([finish]);
    const { url } = await start(answering);
    const refusal = await refusalIn(await post(url, { body }));
    expect(refusal).toMatchObject({ status: 400, code: 'inference.misunderstood' });
    expect(refusal.message).toContain(field);
    expect(seen.questions).toEqual([]);
  });

  test('a question larger than any thread is refused', async () => {
    const { url } = await start(pipeline([finish]).answering);
    const huge = { id: randomUUID(), question: { ...question, text: 'a'.repeat(2 ** 20) } };
    expect((await post(url, { body: huge })).status).toBe(413);
  });

  test('the same question sent again takes the place of the first', async () => {
    const { answering, seen, letGo } = held();
    const { url } = await start(answering);
    const id = randomUUID();
    const first = linesIn(await post(url, { id }));
    // Read on, so that it is not the first asker's leaving that stops it.
    while ((await first.next()).value?.type !== 'text');
    const again = await post(url, { id });
    expect((await Array.fromAsync(first)).at(-1)).toMatchObject({
      type: 'failed',
      error: { kind: 'transient', code: 'inference.superseded' },
    });
    await vi.waitFor(() => expect(seen.stopped()).toEqual([true, false]));
    letGo();
    expect((await types(again)).at(-1)).toBe('done');
  });
});

describe('how much may be asked', () => {
  test('beyond what runs and waits a question is refused at once, and told when to come back', async () => {
    const { answering, letGo } = held();
    const { url } = await start(answering, { atOnce: 1, line: 0 });
    const running = await post(url);
    const refusal = await refusalIn(await post(url));
    expect(refusal).toMatchObject({
      status: 429,
      kind: 'transient',
      code: 'inference.overloaded',
      retryAfter: '1',
      retryAfterMs: 1_000,
    });
    letGo();
    expect((await types(running)).at(-1)).toBe('done');
    expect(await types(await post(url))).toContain('done');
  });

  test('whoever waits in line is kept alive, then answered', async () => {
    const { answering, seen, letGo } = held();
    const { url } = await start(answering, { atOnce: 1, line: 1, aliveMs: 10 });
    const running = await post(url);
    const waiting = linesIn(await post(url));
    expect((await waiting.next()).value).toEqual({ type: 'alive' });
    expect(seen.questions).toHaveLength(1);
    expect(await metricOf(url, 'understudy_inference_running')).toBe(1);
    expect(await metricOf(url, 'understudy_inference_waiting')).toBe(1);
    letGo();
    expect((await types(running)).at(-1)).toBe('done');
    expect((await Array.fromAsync(waiting)).at(-1)?.type).toBe('done');
  });

  test('whoever waits too long is told so', async () => {
    const { answering } = held();
    const { url } = await start(answering, { atOnce: 1, line: 1, waitMs: 30 });
    await post(url);
    const lines = await Array.fromAsync(linesIn(await post(url)));
    expect(lines).toMatchObject([
      { type: 'failed', error: { code: 'inference.overloaded', retryAfterMs: 1_000 } },
    ]);
    expect(await metricOf(url, 'understudy_inference_waiting')).toBe(0);
  });

  test('whoever leaves the line makes room in it, and is never asked for', async () => {
    const { answering, seen, letGo } = held();
    const { url } = await start(answering, { atOnce: 1, line: 1, aliveMs: 10 });
    const running = await post(url);
    const leaving = new AbortController();
    await post(url, { signal: leaving.signal });
    leaving.abort();
    await vi.waitFor(async () =>
      expect(await metricOf(url, 'understudy_inference_waiting')).toBe(0),
    );
    letGo();
    expect((await types(running)).at(-1)).toBe('done');
    expect(seen.questions).toHaveLength(1);
    expect(await types(await post(url))).toContain('done');
  });

  test('an asker that takes nothing of what is sent is let go', async () => {
    const { answering, seen } = pipeline([], {
      model: {
        name: 'endless',
        async *stream() {
          for (;;) yield text('x'.repeat(64 * 1024));
        },
      },
    });
    const { url } = await start(answering, { stalledMs: 50 });
    const body = JSON.stringify({ id: randomUUID(), question });
    const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
    closers.push(async () => void socket.destroy());
    socket.on('error', () => undefined);
    socket.write(
      `POST /v1/answers HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await vi.waitFor(() => expect(seen.stopped()).toEqual([true]), { timeout: 10_000 });
    await vi.waitFor(async () =>
      expect(await metricOf(url, 'understudy_inference_running')).toBe(0),
    );
  });
});

describe('whoever leaves', () => {
  test('stops the pipeline, which frees the place', async () => {
    const { answering, seen } = held();
    const { url } = await start(answering, { atOnce: 1 });
    const leaving = new AbortController();
    const lines = linesIn(await post(url, { signal: leaving.signal }));
    for await (const { type } of lines) {
      if (type === 'text') break;
    }
    leaving.abort();
    await vi.waitFor(() => expect(seen.stopped()).toEqual([true]));
    await vi.waitFor(async () =>
      expect(await metricOf(url, 'understudy_inference_running')).toBe(0),
    );
    expect(await metricOf(url, 'understudy_inference_requests_total{outcome="left"}')).toBe(1);
  });
});

describe('the end of a service', () => {
  test('running answers finish, nothing new begins, and balancers are told', async () => {
    const { answering, letGo } = held();
    const { url, close } = await start(answering);
    const running = await post(url);
    const closing = close();
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { status: 'draining' }]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const refusal = await post(url);
    expect(refusal.headers.get('connection')).toBe('close');
    expect(await refusalIn(refusal)).toMatchObject({
      status: 503,
      kind: 'transient',
      code: 'inference.draining',
      retryAfter: '2',
    });
    letGo();
    expect((await types(running)).at(-1)).toBe('done');
    await closing;
    await expect(fetch(url)).rejects.toThrow();
  });

  test('what takes longer than the grace is stopped and told why', async () => {
    const { answering, seen } = held();
    const { url, close } = await start(answering, { graceMs: 30 });
    const running = await post(url);
    const closing = close();
    const lines = await Array.fromAsync(linesIn(running));
    expect(lines.at(-1)).toMatchObject({
      type: 'failed',
      error: { kind: 'transient', code: 'inference.draining', retryAfterMs: 2_000 },
    });
    expect(seen.stopped()).toEqual([true]);
    await closing;
  });

  test('a port that is taken says so', async () => {
    const { url } = await start(pipeline([finish]).answering);
    const again = startService(pipeline([finish]).answering, { port: Number(new URL(url).port) });
    await expect(again).rejects.toMatchObject({
      name: 'PermanentError',
      code: 'inference.listen',
    });
  });

  test('an idle connection does not keep it from ending', async () => {
    const { url, close } = await start(pipeline([finish]).answering);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    await close();
    socket.destroy();
  });
});

describe('what is told of it', () => {
  test('it is ready while all that is needed is well, whatever else is not', async () => {
    const state = { index: true };
    const { url } = await start(pipeline([finish]).answering, {
      release: 'rel-9',
      ready: async () => [
        { name: 'index', ok: state.index, needed: true },
        { name: 'llm', ok: false, needed: false },
      ],
    });
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: 'ready', release: 'rel-9' });
    state.index = false;
    const not = await fetch(`${url}/health/ready`);
    expect([not.status, await not.json()]).toMatchObject([
      503,
      { status: 'not-ready', checks: [{ name: 'index', ok: false }, { name: 'llm' }] },
    ]);
  });

  test('metrics count what became of questions, and how long people waited for words', async () => {
    const { url } = await start(pipeline([text('It marks.', 1), finish]).answering);
    await types(await post(url));
    await types(await post(url));
    await post(url, { body: {} });
    const metric = (series: string) => metricOf(url, `understudy_inference_${series}`);
    await vi.waitFor(async () =>
      expect(await metric('requests_total{outcome="answered"}')).toBe(2),
    );
    expect(await metric('requests_total{outcome="refused"}')).toBe(1);
    expect(await metric('errors_total{code="inference.misunderstood"}')).toBe(1);
    expect(await metric('fallbacks_total{stage="rerank",reason="down"}')).toBe(2);
    expect(await metric('first_token_seconds_count')).toBe(2);
    expect(await metric('first_token_seconds_sum')).toBeGreaterThan(0);
    expect(await metric('duration_seconds_count')).toBe(2);
  });

  test('the log says what became of a question and nothing of what was said', async () => {
    const service = await start(
      pipeline([text('An answer about graves.', 1), new Error('grave trouble')]).answering,
    );
    const { url, logged } = service;
    const id = randomUUID();
    const body = { id, question: { ...question, text: 'Where are the graves?' } };
    await types(await post(url, { body }));
    await post(url, { body: { ...body, question: 'graves' } });
    await vi.waitFor(() => expect(logged).toHaveLength(2));
    expect(JSON.stringify(logged)).toContain(id);
    expect(JSON.stringify(logged)).toContain('answer.unexpected');
    expect(JSON.stringify(logged)).not.toMatch(/grave|passage/iu);
  });
});
