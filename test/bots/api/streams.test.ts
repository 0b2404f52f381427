import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Stage, until } from '../conversation/stage.ts';
import { eventsIn, openScene, type Scene } from './scene.ts';

let stage: Stage;
let scene: Scene;
const start = async (change: Parameters<typeof openStage>[0] = {}, options = {}) => {
  stage = await openStage(change);
  scene = await openScene(stage, { options });
};
beforeEach(() => start());
afterEach(async () => {
  stage.gate.open();
  await scene.close();
  await stage.close();
});

const body = { question: 'Why is the sky blue?' };
const sse = { accept: 'text/event-stream' };
const chat = (stream: boolean) => ({
  model: 'ada',
  stream,
  messages: [{ role: 'user', content: 'Why is the sky blue?' }],
});

/** Reads a stream as it comes. */
async function follow(path: string, sent: object, signal?: AbortSignal) {
  const response = await scene.open(path, { body: sent, headers: sse, ...(signal && { signal }) });
  const seen = { text: '', status: response.status, ended: Promise.resolve() };
  seen.ended = (async () => {
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      seen.text += part;
    }
  })().catch(() => undefined);
  return seen;
}

const traced = async () => {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const [trace] = await stage.traces.traces({ limit: 1 });
    if (trace) return trace;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('Nothing was ever traced.');
};

describe('while an answer is being written', () => {
  test('its text is sent at once', async () => {
    stage.gate.holdEnd();
    const seen = await follow('/v1/ask', body);
    await until(() => seen.text.includes('You asked'));
    expect((await stage.traces.counts()).traces).toBe(0);
    stage.gate.open();
    await seen.ended;
    expect(eventsIn(seen.text).at(-1)).toMatchObject({ type: 'done' });
  });

  test('a comment keeps the connection open while nothing is said', async () => {
    await scene.close();
    await stage.close();
    await start({}, { keepAliveMs: 20 });
    stage.gate.holdStart();
    const seen = await follow('/v1/ask', body);
    await until(() => seen.text.includes(': keep-alive\n\n: keep-alive\n\n'));
    stage.gate.open();
    await seen.ended;
    expect(eventsIn(seen.text).at(-1)).toMatchObject({ type: 'done' });
  });

  test('a question that waits for another in its thread begins its stream nevertheless', async () => {
    stage.gate.holdEnd();
    const first = await follow('/v1/ask', { ...body, thread: 't' });
    await until(() => first.text.includes('You asked'));
    const second = await follow('/v1/ask', { question: 'And at night?', thread: 't' });
    expect(second.status).toBe(200);
    expect(eventsIn(second.text)).toEqual([]);
    stage.gate.open();
    await Promise.all([first.ended, second.ended]);
    expect(eventsIn(second.text).at(-1)).toMatchObject({ type: 'done' });
  });
});

describe('a client that leaves', () => {
  test.each([
    ['a stream', '/v1/ask', body, sse],
    ['JSON', '/v1/ask', body, {}],
    ['a completion', '/v1/chat/completions', chat(false), {}],
    ['a streamed completion', '/v1/chat/completions', chat(true), {}],
  ])('from %s stops the answer', async (_, path, sent, headers) => {
    stage.gate.holdEnd();
    const leaving = new AbortController();
    const request = scene.open(path, { body: sent, headers, signal: leaving.signal });
    await until(() => stage.asked.length === 1);
    leaving.abort();
    await request.then((response) => response.text()).catch(() => undefined);
    expect(await traced()).toMatchObject({ outcome: 'cancelled' });
    expect(scene.complaints).toEqual([]);
  });
});

test('a client that leaves before its stream has begun holds up nobody', async () => {
  const measured = async (what: string) => {
    for (let tries = 0; tries < 2_000; tries += 1) {
      if ((await scene.call('/metrics')).text.includes(what)) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`It was never measured: ${what}`);
  };
  stage.gate.holdEnd();
  const first = await follow('/v1/ask', { ...body, thread: 't' });
  await until(() => first.text.includes('You asked'));
  const leaving = new AbortController();
  const second = scene.open('/v1/ask', {
    body: { ...body, thread: 't' },
    headers: sse,
    signal: leaving.signal,
  });
  second.catch(() => undefined);
  await measured('answers_running 2');
  leaving.abort();
  await measured('route="/v1/ask",method="POST",status="499"} 1');
  stage.gate.open();
  await first.ended;
  expect((await scene.ask({ question: 'And at night?', thread: 't' })).status).toBe(200);
  await measured('answers_running 0');
  const outcomes = (await stage.traces.traces()).map(({ outcome }) => outcome);
  expect(outcomes.sort()).toEqual(['answered', 'answered', 'cancelled']);
});

describe('an answer that fails', () => {
  test('is a failed request as JSON, and an event in a stream', async () => {
    stage.gate.breakModel(true);
    const whole = await scene.ask(body);
    expect(whole.status).toBeGreaterThanOrEqual(500);
    expect(whole.json).toMatchObject({ trace: expect.any(String), code: expect.any(String) });
    const { status, events } = await scene.asEvents(body);
    expect(status).toBe(200);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: whole.json['code'] } });
  });

  test('has OpenAI’s shape there, and no finish reason', async () => {
    stage.gate.breakModel(true);
    const call = (stream: boolean) => scene.call('/v1/chat/completions', { body: chat(stream) });
    expect((await call(false)).json).toMatchObject({ error: { type: 'server_error' } });
    const { text, events } = await call(true);
    expect(events.at(-1)).toMatchObject({ error: { type: 'server_error' } });
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"finish_reason":"stop"');
  });

  test('outside the pipeline too, once the stream has begun', async () => {
    await scene.close();
    scene = await openScene(stage, {
      ports: {
        conversation: {
          ...stage.conversation,
          async hear(message, channel) {
            const events = (async function* () {
              yield { type: 'status', stage: 'understanding' } as const;
              throw new Error('the disk at /var/secret is gone');
            })();
            await channel.deliver({
              turn: 'turn',
              message,
              events,
              earlier: null,
              recovered: false,
              stands: async () => undefined,
            });
            throw new Error('not reached');
          },
        },
      },
    });
    const { events, text } = await scene.asEvents(body);
    expect(events.at(-1)).toMatchObject({
      type: 'error',
      trace: null,
      error: { code: 'api.failed' },
    });
    expect(text).not.toContain('secret');
    expect(scene.complaints).toHaveLength(1);
  });
});

describe('an API that ends', () => {
  test('finishes what runs, and sends away what is new', async () => {
    stage.gate.holdEnd();
    const seen = await follow('/v1/ask', body);
    await until(() => seen.text.includes('You asked'));
    await scene.api.quiesce();
    const { status, headers, json } = await scene.ask(body);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('2');
    expect(headers.get('connection')).toBe('close');
    expect(json).toMatchObject({ code: 'api.draining' });
    const ready = await scene.call('/readyz', { key: null });
    expect(ready.status).toBe(503);
    expect(ready.json).toMatchObject({ status: 'draining' });
    expect((await scene.call('/healthz', { key: null })).status).toBe(200);
    const closing = scene.api.close();
    stage.gate.open();
    await Promise.all([closing, seen.ended]);
    expect(eventsIn(seen.text).at(-1)).toMatchObject({ type: 'done' });
    await expect(fetch(scene.url)).rejects.toThrow();
  });

  test('waits only so long: then what runs is stopped, and says so', async () => {
    await scene.close();
    await stage.close();
    await start({}, { graceMs: 20 });
    stage.gate.holdEnd();
    const seen = await follow('/v1/ask', body);
    await until(() => seen.text.includes('You asked'));
    await scene.api.close();
    await seen.ended;
    expect(await traced()).toMatchObject({ outcome: 'cancelled' });
    expect(eventsIn(seen.text).at(-1)?.['type']).not.toBe('done');
  });

  test('tells a stream that the conversation’s drain has cut it', async () => {
    stage.gate.holdEnd();
    const seen = await follow('/v1/ask', body);
    const completion = await follow('/v1/chat/completions', chat(true));
    await until(() => seen.text.includes('You asked') && completion.text.includes('You asked'));
    const whole = scene.ask(body);
    await until(() => stage.asked.length === 3);
    await scene.api.quiesce();
    await stage.conversation.drain(10);
    await Promise.all([seen.ended, completion.ended]);
    expect(eventsIn(seen.text).at(-1)).toMatchObject({
      type: 'stopped',
      reason: 'shutdown',
      words: expect.stringContaining('restarted'),
    });
    expect(eventsIn(completion.text).at(-1)).toMatchObject({ error: { code: 'stopped.shutdown' } });
    expect((await whole).json).toMatchObject({ status: 503, code: 'stopped.shutdown' });
  });

  test('a question that comes in while the conversation drains is sent elsewhere', async () => {
    await stage.conversation.drain(10);
    const { status, json, headers } = await scene.ask(body);
    expect({ status, code: json['code'] }).toEqual({ status: 503, code: 'api.draining' });
    expect(headers.get('retry-after')).not.toBeNull();
  });
});

test('with more questions than anybody waits for, the next is told to come later', async () => {
  stage.gate.holdEnd();
  const leaving = new AbortController();
  const waiting = Array.from({ length: 216 }, () =>
    scene.open('/v1/ask', { body, signal: leaving.signal }).catch(() => undefined),
  );
  let busy: Awaited<ReturnType<Scene['ask']>> | undefined;
  for (let tries = 0; busy === undefined && tries < 100; tries += 1) {
    const trying = new AbortController();
    const tried = scene.ask(body, { signal: trying.signal }).catch(() => undefined);
    const pause = new Promise<undefined>((resolve) => setTimeout(resolve, 100, undefined));
    busy = await Promise.race([tried, pause]);
    trying.abort();
  }
  expect(busy?.json).toMatchObject({ status: 503, code: 'busy', retryAfterMs: 10_000 });
  expect(busy?.headers.get('retry-after')).toBe('10');
  leaving.abort();
  stage.gate.open();
  await Promise.all(waiting);
});
