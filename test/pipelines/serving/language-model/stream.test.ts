import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLanguageModel } from '../../../../pipelines/serving/language-model/open.ts';
import { completed } from '../../../../pipelines/serving/language-model/read.ts';
import { PermanentError, TransientError } from '../../../../pipelines/stores/errors.ts';
import { type Fault, proxyPage, startTgi } from '../../../servers/tgi/server.ts';
import { startWebServer } from '../../../servers/web.ts';
import { failure } from '../endpoints/fixtures.ts';
import { type ManualClock, manualClock } from '../endpoints/manual-clock.ts';
import { asked, chatPath, type Opened, opened, read } from './fixtures.ts';

const said = 'Grüße 👩‍🔬👨‍👩‍👧: 索引は小さい — it “costs” nothing.\nReally… ok';
const pieces = ['Grü', 'ße 👩‍🔬', '👨‍👩‍👧: 索引', 'は小さい — it “costs” nothing.\n', 'Really… ok'];

let now: Opened;
beforeEach(async () => {
  now = await opened({ reply: () => pieces });
});
afterEach(() => now.close());

describe('however a reply travels, it arrives', () => {
  const ways: readonly (readonly [string, readonly Fault[]])[] = [
    ['byte by byte', [{ kind: 'packets', bytes: 1 }]],
    ['torn in threes', [{ kind: 'packets', bytes: 3 }]],
    ['in one packet', [{ kind: 'one-packet' }]],
    ['with CRLF', [{ kind: 'crlf' }]],
    ['with keep-alive comments', [{ kind: 'comments' }]],
    ['with all of it', [{ kind: 'crlf' }, { kind: 'comments' }, { kind: 'packets', bytes: 2 }]],
    ['with a charset', [{ kind: 'content-type', type: 'text/event-stream; charset=utf-8' }]],
  ];
  test.each(ways)('%s', async (_way, faults) => {
    for (const fault of faults) now.server.misbehave(fault);
    const { text, parts, error } = await read(now.model);
    expect(error).toBeUndefined();
    expect(text).toBe(said);
    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  test('a character that comes in halves is put together', async () => {
    now.server.says(() => ['a\ud83d', '\ude00b', 'c\ud83d']);
    const { parts } = await read(now.model);
    const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
    expect(texts).toEqual(['a', '😀b', 'c', '\ufffd']);
  });

  test('thoughts and odd numbers are passed over', async () => {
    const event = (delta: object, finish_reason: string | null = null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    const usage = { choices: [], usage: { prompt_tokens: 9, completion_tokens: null } };
    const body = [
      event({ role: 'assistant', content: null, reasoning_content: 'Hm.' }),
      event({ content: [{ type: 'thinking', thinking: 'Hm.' }] }),
      event({ content: 'So.' }),
      event({}, 'stop'),
      `data: ${JSON.stringify(usage)}\n\ndata: [DONE]\n\n`,
    ].join('');
    const headers = { 'content-type': 'text/event-stream' };
    now.server.misbehave({ kind: 'status', status: 200, headers, body });
    const { text, parts } = await read(now.model);
    expect(text).toBe('So.');
    expect(parts.at(-1)).toMatchObject({ type: 'finish', usage: null });
  });

  test('a reply without any text is a reply', async () => {
    now.server.misbehave({ kind: 'empty' });
    const { parts } = await read(now.model);
    expect(parts.map(({ type }) => type)).toEqual(['finish']);
  });
});

describe('errors inside a stream that began with 200 are recognised', () => {
  test.each([
    ['overloaded', TransientError, 'chat.overloaded'],
    ['generation', TransientError, 'chat.failed'],
    ['incomplete', TransientError, 'chat.failed'],
    ['validation', PermanentError, 'chat.refused'],
  ] as const)('TGI’s %s', async (error, type, code) => {
    for (const after of [0, 2]) {
      now.server.behave();
      now.server.misbehave({ kind: 'error', error, after });
      const { text, error: thrown } = await read(now.model);
      expect(thrown).toBeInstanceOf(type);
      expect(thrown).toMatchObject({ code });
      expect(text).toBe(pieces.slice(0, after).join(''));
    }
  });

  test('being overloaded does not count against the server, whatever its status said', async () => {
    now.server.misbehave({ kind: 'error', error: 'overloaded' });
    for (let at = 0; at < 10; at += 1) {
      expect((await read(now.model)).error).toMatchObject({ code: 'chat.overloaded' });
    }
    expect(now.model.states()[0]).toMatchObject({ breaker: 'closed', failed: 0 });
  });

  test.each(['vllm', 'sglang', 'llamacpp', 'openai-compatible'] as const)(
    'those of %s',
    async (engine) => {
      const other = await opened({ engine, reply: () => pieces });
      other.server.misbehave({ kind: 'error', error: 'generation', after: 1 });
      const { text, error } = await read(other.model);
      expect(text).toBe(pieces[0]);
      expect(error).toMatchObject({ name: 'TransientError', code: 'chat.failed' });
      await other.close();
    },
  );
});

describe('a reply that is not whole is a failure', () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ['it ends without a finish reason', { kind: 'unfinished', after: 2 }],
    [
      'it ends with [DONE] but without a finish reason',
      { kind: 'unfinished', after: 2, done: true },
    ],
    ['its connection is cut', { kind: 'cut', after: 2 }],
    ['what it sends is no JSON', { kind: 'garbage', after: 2 }],
  ];
  test.each(faults)('%s', async (_what, fault) => {
    now.server.misbehave(fault);
    const { text, parts, error } = await read(now.model);
    expect(text).toBe(pieces.slice(0, 2).join(''));
    expect(parts.some(({ type }) => type === 'finish')).toBe(false);
    expect(error).toMatchObject({ name: 'TransientError', code: 'chat.unfinished' });
    expect(now.server.open()).toBe(0);
  });

  test('also where all of its text had come', async () => {
    now.server.misbehave({ kind: 'unfinished' });
    expect((await read(now.model)).error).toMatchObject({ code: 'chat.unfinished' });
  });
});

describe('a reply that is none', () => {
  test.each([
    [400, 'chat.refused'],
    [401, 'chat.unauthorised'],
    [404, 'chat.not-found'],
    [413, 'chat.too-large'],
    [422, 'chat.refused'],
    [424, 'chat.failed'],
    [429, 'chat.overloaded'],
    [500, 'chat.failed'],
    [503, 'chat.down'],
    [307, 'chat.refused'],
  ])('%i is %s', async (status, code) => {
    now.server.misbehave({ kind: 'status', status, body: { error: 'why', error_type: 'x' } });
    const { error } = await read(now.model);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toContain('The model server');
  });

  test('a proxy’s page is not repeated', async () => {
    now.server.misbehave(proxyPage);
    const { error } = await read(now.model);
    expect(error).toMatchObject({ code: 'chat.down' });
    expect((error as Error).message).toBe('The model server is not available (502).');
  });

  test('a redirect is not followed: prompt and token are for this address alone', async () => {
    const elsewhere = await startTgi();
    const headers = { location: `${elsewhere.url}${chatPath}` };
    now.server.misbehave({ kind: 'status', status: 307, headers });
    expect((await read(now.model)).error).toMatchObject({ code: 'chat.refused' });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  test('Retry-After is heard', async () => {
    now.server.misbehave({ kind: 'status', status: 429, headers: { 'retry-after': '3' } });
    expect((await read(now.model)).error).toMatchObject({ retryAfterMs: 3_000 });
  });

  test.each([{ kind: 'silent' }, { kind: 'content-type', type: 'text/html' }] as const)(
    'something under 200 that is no stream: $kind',
    async (fault) => {
      now.server.misbehave(fault);
      const { error } = await read(now.model);
      expect(error).toMatchObject({ name: 'PermanentError', code: 'chat.misunderstood' });
    },
  );

  test('a server that is gone is down, by its address', async () => {
    await now.server.down();
    const { error } = await read(now.model);
    expect(error).toMatchObject({ name: 'TransientError', code: 'chat.down' });
    expect((error as Error).message).toContain(now.server.url);
    await now.server.up();
    expect((await read(now.model)).text).toBe(said);
  });

  test('a connection that is cut before the reply', async () => {
    now.server.misbehave({ kind: 'cut' });
    expect((await read(now.model)).error).toMatchObject({ code: 'chat.down' });
  });
});

test('no failure tells the token or the prompt', async () => {
  const token = 'hf_averysecrettoken';
  const model = await openLanguageModel({
    endpoints: [{ url: now.server.url, token }],
    limits: { attempts: 1 },
  });
  const faults: readonly Fault[] = [
    { kind: 'status', status: 401, body: { error: `Invalid token ${token}` } },
    { kind: 'status', status: 422, body: { error: `Bearer ${token} is odd` } },
    { kind: 'error', error: 'generation', after: 1 },
    { kind: 'cut' },
    { kind: 'cut', after: 1 },
    { kind: 'garbage', after: 1 },
    { kind: 'silent' },
  ];
  const { inspect } = await import('node:util');
  for (const fault of faults) {
    now.server.behave();
    now.server.misbehave(fault);
    const { error } = await read(model);
    expect(error).toBeInstanceOf(Error);
    const shown = inspect(error, { depth: 10, showHidden: true });
    expect(shown).not.toContain('averysecret');
    expect(shown).not.toContain('How do you bake');
  }
  await model.close();
});

describe('time', () => {
  let clock: ManualClock;
  let slow: Opened;
  beforeEach(async () => {
    clock = manualClock();
    const limits = { attempts: 1, firstMs: 30_000, idleMs: 5_000 };
    slow = await opened({ reply: () => pieces }, { limits, clock });
  });
  afterEach(() => slow.close());
  const closed = async () => {
    await slow.server.until(() => slow.server.open() === 0);
    expect(slow.server.requests.at(-1)?.ended).toBe('left');
  };

  test('a first text that does not come in time ends the attempt and its connection', async () => {
    slow.server.misbehave({ kind: 'hang' });
    const reading = read(slow.model);
    await slow.server.until(() => slow.server.open() === 1);
    await clock.advance(30_000);
    const { error } = await reading;
    expect(error).toMatchObject({ name: 'TransientError', code: 'chat.timeout' });
    await closed();
  });

  test('a stream that falls silent ends too', async () => {
    slow.server.misbehave({ kind: 'hang', after: 2 });
    const stream = slow.model.complete(asked)[Symbol.asyncIterator]();
    for (const text of pieces.slice(0, 2)) {
      expect((await stream.next()).value).toEqual({ type: 'text', text });
    }
    const silent = failure(stream.next());
    await clock.advance(5_000);
    expect(await silent).toMatchObject({ name: 'TransientError', code: 'chat.timeout' });
    await closed();
  });
});

describe('connections', () => {
  test('aborting closes the connection, before the first text and after it', async () => {
    for (const after of [undefined, 1]) {
      now.server.behave();
      now.server.misbehave(after === undefined ? { kind: 'hang' } : { kind: 'hang', after });
      const controller = new AbortController();
      const reason = new Error('left');
      const before = now.server.requests.length;
      const reading = read(now.model, asked, controller.signal);
      await now.server.until(() => now.server.requests.length > before);
      if (after !== undefined) {
        await now.server.until(() => now.server.requests.at(-1)?.status === 200);
      }
      controller.abort(reason);
      expect((await reading).error).toBe(reason);
      await now.server.until(() => now.server.open() === 0);
      expect(now.server.requests.at(-1)?.ended).toBe('left');
    }
  });

  test('leaving the stream closes it', async () => {
    now.server.misbehave({ kind: 'hang', after: 2 });
    for await (const part of now.model.complete(asked)) if (part.type === 'text') break;
    await now.server.until(() => now.server.open() === 0);
    expect(now.server.requests.at(-1)?.ended).toBe('left');
  });

  test('a reply that was read to its end leaves the connection for the next one', async () => {
    await completed(now.model, asked);
    const connections = now.server.connections();
    for (let at = 0; at < 10; at += 1) await completed(now.model, asked);
    expect(now.server.connections()).toBe(connections);
    expect(now.server.requests.filter(({ ended }) => ended !== 'done')).toEqual([]);
  });

  test('also where its body ends a little later than its last event', async () => {
    const web = await startWebServer();
    const ports = new Set<unknown>();
    let left = 0;
    const last = { choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }] };
    web.set('/v1/models', '{"data": [{"id": "org/base"}]}', 'application/json');
    web.set('/v1/chat/completions', (request, response) => {
      ports.add(request.socket.remotePort);
      response.on('close', () => {
        if (!response.writableFinished) left += 1;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`);
      setTimeout(() => response.end(), 1);
    });
    const endpoints = [{ url: web.url }];
    const model = await openLanguageModel({ endpoints, engine: 'openai-compatible' });
    for (let at = 0; at < 5; at += 1) await completed(model, asked);
    expect(left).toBe(0);
    // The next request may come while the last one's connection is just being put back.
    expect(ports.size).toBeLessThanOrEqual(2);
    await model.close();
    await web.close();
  });

  test('nothing is read that nobody asks for: a slow reader slows the server', async () => {
    const long = 'x'.repeat(64 * 1024);
    let made = 0;
    now.server.says(() =>
      Array.from({ length: 512 }, () => {
        made += 1;
        return long;
      }),
    );
    const stream = now.model.complete({ ...asked, maxTokens: 4_000 })[Symbol.asyncIterator]();
    await stream.next();
    expect(made).toBe(512);
    // 32 MiB do not fit into the buffers between: the reply cannot have ended.
    expect(now.server.open()).toBe(1);
    await stream.return?.();
    await now.server.until(() => now.server.open() === 0);
    expect(now.server.requests.at(-1)?.ended).toBe('left');
  });
});

describe('what is told at the end', () => {
  test.each([
    ['stop', 'stop'],
    ['eos_token', 'stop'],
    ['stop_sequence', 'stop'],
    ['length', 'length'],
    ['max_tokens', 'length'],
  ])('the reason %s is %s', async (finish, reason) => {
    const chunk = (delta: object, finish_reason: string | null) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    const body = `${chunk({ content: 'ok' }, null)}${chunk({}, finish)}data: [DONE]\n\n`;
    const headers = { 'content-type': 'text/event-stream' };
    now.server.misbehave({ kind: 'status', status: 200, headers, body });
    const { parts } = await read(now.model);
    expect(parts.at(-1)).toMatchObject({ type: 'finish', reason, usage: null });
  });

  test.each([
    ['content_filter', 'PermanentError', 'chat.filtered'],
    ['abort', 'TransientError', 'chat.unfinished'],
  ])('the reason %s is a failure', async (finish, name, code) => {
    const event = { choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: finish }] };
    const headers = { 'content-type': 'text/event-stream' };
    const body = `data: ${JSON.stringify(event)}\n\ndata: [DONE]\n\n`;
    now.server.misbehave({ kind: 'status', status: 200, headers, body });
    expect((await read(now.model)).error).toMatchObject({ name, code });
  });

  test('usage, with its cost by the prices', async () => {
    const prices = { promptPerMillionUsd: 2, completionPerMillionUsd: 10 };
    const priced = await opened({ reply: () => pieces }, { prices });
    const { usage } = await completed(priced.model, asked);
    const { promptTokens = 0, completionTokens = 0 } = usage ?? {};
    expect(completionTokens).toBe(pieces.length);
    expect(usage?.costUsd).toBeCloseTo((promptTokens * 2 + completionTokens * 10) / 1e6, 12);
    await priced.close();
  });

  test('the server’s own times where it tells them', async () => {
    const event = {
      choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }],
      timings: { prompt_ms: 12.5, predicted_ms: 30 },
    };
    const type = { 'content-type': 'text/event-stream' };
    const body = `data: ${JSON.stringify(event)}\n\ndata: [DONE]\n\n`;
    now.server.misbehave({ kind: 'status', status: 200, headers: type, body }, { times: 1 });
    expect((await completed(now.model, asked)).timings).toMatchObject({ inferenceMs: 42.5 });

    const headers = { ...type, 'x-queue-time': '7', 'x-inference-time': '41' };
    now.server.misbehave({ kind: 'status', status: 200, headers, body });
    const { timings } = await completed(now.model, asked);
    expect(timings).toMatchObject({ queueMs: 7, inferenceMs: 41 });
  });
});

test('a failed attempt is tried at the other endpoint while nothing was shown, and not once something was', async () => {
  const [first, second] = await Promise.all([
    startTgi({ reply: () => ['from ', 'one'] }),
    startTgi({ reply: () => ['from ', 'two'] }),
  ]);
  const model = await openLanguageModel({ endpoints: [{ url: first.url }, { url: second.url }] });
  const affinity = 'same';
  const home = (await completed(model, { ...asked, affinity })).text;
  const sick = home === 'from one' ? first : second;

  sick.misbehave({ kind: 'error', error: 'generation', after: 0 });
  const elsewhere = await completed(model, { ...asked, affinity });
  expect(elsewhere.text).not.toBe(home);
  expect(elsewhere.endpoint).not.toBe(sick.url);

  sick.behave();
  sick.misbehave({ kind: 'error', error: 'generation', after: 1 });
  const { text, error } = await read(model, { ...asked, affinity });
  expect(text).toBe('from ');
  expect(error).toMatchObject({ code: 'chat.failed' });
  expect(sick.requests.filter(({ path }) => path === chatPath)).toHaveLength(3);
  await model.close();
  await Promise.all([first.close(), second.close()]);
});
