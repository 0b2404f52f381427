import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openContract } from './models/contract.ts';
import { SERVED, trim } from './models/trim-contract.ts';
import {
  type Engine,
  type Fault,
  proxyPage,
  startTgi,
  type TgiOptions,
  type TgiServer,
} from './tgi/server.ts';

const CHAT = '/v1/chat/completions';
const HELLO = [{ role: 'user', content: 'Hello' }];
const file = new URL('tgi/contract.json', import.meta.url);
const contract = openContract(file);

const servers: TgiServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
async function start(options?: TgiOptions): Promise<TgiServer> {
  const server = await startTgi(options);
  servers.push(server);
  return server;
}

function post(server: TgiServer, path: string, body: unknown, init: RequestInit = {}) {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  });
}

type Chunk = {
  readonly choices?: readonly {
    readonly delta: { content?: string | null };
    finish_reason: string | null;
  }[];
  readonly usage?: { readonly completion_tokens: number } | null;
  readonly error?: { readonly message: string; readonly http_status_code?: number };
};

/** The events of a stream as far as it came, without the comments. */
async function streamed(server: TgiServer, more: object = {}, messages: object = HELLO) {
  const reply = await post(server, CHAT, { messages, stream: true, ...more });
  let raw = '';
  let broke = false;
  try {
    const decoder = new TextDecoder();
    for await (const bytes of reply.body ?? []) raw += decoder.decode(bytes, { stream: true });
  } catch {
    broke = true;
  }
  const events = raw
    .split(/\r?\n\r?\n/u)
    .filter((event) => event.startsWith('data: '))
    .map((event) => event.slice(6));
  const chunks = events.filter((event) => event.startsWith('{"')).flatMap(parsed);
  const texts = chunks.map(({ choices }) => choices?.[0]?.delta.content ?? '');
  return { reply, raw, broke, events, chunks, text: texts.join(''), finish: finishOf(chunks) };
}

function parsed(text: string): Chunk[] {
  try {
    return [JSON.parse(text) as Chunk];
  } catch {
    return [];
  }
}

function finishOf(chunks: readonly Chunk[]) {
  return chunks.find(({ choices }) => choices?.[0]?.finish_reason)?.choices?.[0]?.finish_reason;
}

async function said(server: TgiServer, more: object = {}, messages: object = HELLO) {
  const reply = await post(server, CHAT, { messages, ...more });
  const body = (await reply.json()) as { choices: [{ message: { content: string } }] };
  return body.choices[0].message.content;
}

const whole = resolve(process.env['CONTRACTS'] ?? '../shared/contracts', 'tgi.openapi.json');

test.skipIf(!existsSync(whole))('the trimmed contract is what TGI’s own document says', () => {
  const document = JSON.parse(readFileSync(whole, 'utf8')) as object;
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(trim(document, SERVED.tgi));
});

describe('what it answers is what TGI’s document promises', () => {
  const body = { messages: HELLO, seed: 1 };
  test.each([
    ['GET', '/info', undefined],
    ['POST', '/chat_tokenize', body],
    ['POST', '/tokenize', { inputs: 'Hello' }],
    ['POST', CHAT, body],
    ['POST', CHAT, { ...body, top_p: 1 }],
  ])('%s %s', async (method, path, sent) => {
    const server = await start();
    const init = { method, ...(sent && { body: JSON.stringify(sent) }) };
    const reply = await fetch(`${server.url}${path}`, {
      ...init,
      headers: { 'content-type': 'application/json' },
    });
    const answer: unknown = await reply.json();
    const operation = `${method} ${path}`;
    expect(contract.replyErrors(operation, reply.status, 'application/json', answer)).toEqual([]);
  });

  test('each event of a stream', async () => {
    const { chunks, events } = await streamed(await start(), {
      stream_options: { include_usage: true },
    });
    expect(events.at(-1)).toBe('[DONE]');
    const wrong = chunks.flatMap((chunk) =>
      contract.replyErrors(`POST ${CHAT}`, 200, 'text/event-stream', chunk),
    );
    expect(wrong).toEqual([]);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { completion_tokens: chunks.length - 2 },
    });
  });

  test('though /v1/models answers a list, and lists the base alone', async () => {
    const server = await start({ model: 'base', adapters: ['ada'] });
    const models = await (await fetch(`${server.url}/v1/models`)).json();
    expect(models).toMatchObject({ object: 'list', data: [{ id: 'base' }] });
    expect((models as { data: unknown[] }).data).toHaveLength(1);
  });
});

describe('it refuses what TGI refuses', () => {
  test.each([
    ['a body that is no JSON', '{', 400, /Failed to parse/u],
    ['a body without messages', {}, 422, /Failed to deserialize.*messages/u],
    ['a message without content', { messages: [{ role: 'user' }] }, 422, /Failed to deserialize/u],
    ['a temperature in words', { messages: HELLO, temperature: 'hot' }, 422, /temperature/u],
    [
      'OpenAI’s way to ask for a shape',
      { messages: HELLO, response_format: { type: 'json_schema', json_schema: { schema: {} } } },
      422,
      /missing field `value`/u,
    ],
    ['no messages at all', { messages: [] }, 422, /Template error/u],
  ])('%s, before a stream begins', async (_, body, status, words) => {
    const server = await start();
    const streaming = typeof body === 'string' ? body : { ...body, stream: true };
    const reply = await post(server, CHAT, streaming);
    expect(reply.status).toBe(status);
    expect(await reply.text()).toMatch(words);
    expect(server.chats).toEqual([]);
  });

  test.each([
    ['top_p 1', { top_p: 1 }, '`top_p` must be > 0.0 and < 1.0'],
    ['top_p 0', { top_p: 0 }, '`top_p` must be > 0.0 and < 1.0'],
    ['a negative temperature', { temperature: -1 }, '`temperature` must be strictly positive'],
    ['five stop sequences', { stop: ['a', 'b', 'c', 'd', 'e'] }, 'up to 4 stop sequences'],
    ['a reply of no tokens', { max_tokens: 0 }, '`max_new_tokens` must be strictly positive'],
    ['more tokens than there is room', { max_tokens: 100 }, 'must be <= 64'],
  ])('%s: with 422, inside a stream under 200', async (_, values, words) => {
    const server = await start({ maxTotalTokens: 64 });
    const reply = await post(server, CHAT, { messages: HELLO, ...values });
    expect(reply.status).toBe(422);
    expect(await reply.json()).toMatchObject({
      error: expect.stringContaining(words),
      error_type: 'validation',
    });
    const stream = await streamed(server, values);
    expect(stream.reply.status).toBe(200);
    expect(stream.events.at(-1)).toBe('[DONE]');
    expect(stream.chunks).toEqual([
      { error: { message: expect.stringContaining(words), http_status_code: 422 } },
    ]);
  });

  test('a prompt that fills the context', async () => {
    const server = await start({ maxTotalTokens: 64 });
    const messages = [{ role: 'user', content: 'long '.repeat(100) }];
    const reply = await post(server, CHAT, { messages });
    expect(reply.status).toBe(422);
    expect(await reply.text()).toContain('`inputs` must have less than 63 tokens');
  });

  test('whoever comes without the key, but only where TGI asks for it', async () => {
    const server = await start({ apiKey: 'secret' });
    const tokens = { messages: HELLO };
    expect((await post(server, CHAT, tokens)).status).toBe(401);
    expect((await post(server, '/tokenize', { inputs: 'x' })).status).toBe(401);
    expect((await post(server, '/chat_tokenize', tokens)).status).toBe(200);
    expect((await fetch(`${server.url}/info`)).status).toBe(200);
    const headers = { 'content-type': 'application/json', authorization: 'Bearer secret' };
    expect((await post(server, CHAT, tokens, { headers })).status).toBe(200);
  });

  test('one request more than it takes at a time', async () => {
    const server = await start({ maxConcurrentRequests: 1 });
    const gate = Promise.withResolvers<void>();
    server.misbehave({ kind: 'wait', gate: gate.promise }, { times: 1 });
    const first = streamed(server);
    await server.until(() => server.chats.length === 1);
    const second = await post(server, CHAT, { messages: HELLO });
    expect(second.status).toBe(429);
    expect(second.headers.has('retry-after')).toBe(false);
    expect(await second.json()).toEqual({ error: 'Model is overloaded', error_type: 'overloaded' });
    const third = await streamed(server);
    expect(third.chunks[0]?.error).toEqual({
      message: 'Model is overloaded',
      http_status_code: 422,
    });
    gate.resolve();
    expect((await first).finish).toBe('stop');
  });
});

describe('it misreads what TGI misreads', () => {
  const passages = [
    { role: 'user', content: '<passage n="3">\nStores keep things. Yes.\n</passage>' },
  ];

  test('presence_penalty is a penalty for repeating, and the reply suffers', async () => {
    const server = await start();
    expect(await said(server, {}, passages)).toBe('Stores keep things [3].');
    expect(await said(server, { presence_penalty: 0 }, passages)).not.toContain('keep');
    expect(server.chats.map(({ repetitionPenalty }) => repetitionPenalty)).toEqual([1, 2]);
  });

  test('an unknown adapter is the base, in silence, under the name that was asked for', async () => {
    const server = await start({ adapters: ['ada', { name: 'idle', voice: null }] });
    const greedy = (model?: string) => said(server, { temperature: 0, ...(model && { model }) });
    const base = await greedy();
    expect(await greedy('ada')).not.toBe(base);
    expect(await greedy('nobody')).toBe(base);
    expect(await greedy('idle')).toBe(base);
    const reply = await post(server, CHAT, { messages: HELLO, model: 'nobody' });
    expect(await reply.json()).toMatchObject({ model: 'nobody' });
    expect(server.chats.map(({ adapter }) => adapter)).toEqual([null, 'ada', null, 'idle', null]);
  });

  test('other weights say something else, greedily the same each time', async () => {
    const [one, two] = [await start(), await start({ voice: 'other' })];
    expect(await said(one, { temperature: 0 })).toBe(await said(one, { temperature: 0 }));
    expect(await said(two, { temperature: 0 })).not.toBe(await said(one, { temperature: 0 }));
    expect(await said(one, { temperature: 1 })).not.toBe(await said(one, { temperature: 1 }));
  });

  test('a stop sequence stays in the text, and has a finish reason of its own', async () => {
    const server = await start({ reply: () => 'One. Two. Three.' });
    const { text, finish } = await streamed(server, { stop: ['Two'] });
    expect(text).toBe('One. Two');
    expect(finish).toBe('stop_sequence');
  });
});

test('a reply ends at its length, in words of its own or scripted ones', async () => {
  const server = await start({ reply: () => ['a', 'b', 'c'] });
  expect(await streamed(server, { max_tokens: 2 })).toMatchObject({ text: 'ab', finish: 'length' });
  expect(await streamed(server, { max_tokens: 3 })).toMatchObject({ text: 'abc', finish: 'stop' });
  server.says(undefined);
  expect((await streamed(server)).text).not.toContain('abc');
});

test('held to a schema it says something of that shape', async () => {
  const server = await start();
  const schema = {
    type: 'object',
    properties: { queries: { type: 'array', items: { type: 'string' }, minItems: 1 } },
    required: ['queries'],
  };
  for (const response_format of [
    { type: 'json_schema', value: { name: 'x', schema } },
    { type: 'json_object', value: schema },
    { type: 'json', value: schema },
  ]) {
    expect(JSON.parse(await said(server, { response_format }))).toEqual({ queries: [''] });
  }
  expect(server.chats.map((chat) => chat.schema)).toEqual([schema, schema, schema]);
});

test('whole replies carry times, streams do not', async () => {
  const server = await start();
  const reply = await post(server, CHAT, { messages: HELLO });
  expect(reply.headers.get('x-queue-time')).toBe('10');
  const stream = await post(server, CHAT, { messages: HELLO, stream: true });
  expect(stream.headers.has('x-queue-time')).toBe(false);
  expect(stream.headers.get('x-accel-buffering')).toBe('no');
});

test('some servers do not tell what they took, though asked', async () => {
  const server = await start({ engine: 'openai-compatible', usage: false });
  const { chunks, finish } = await streamed(server, { stream_options: { include_usage: true } });
  expect(finish).toBe('stop');
  expect(chunks.every(({ choices, usage }) => choices?.length === 1 && !usage)).toBe(true);
});

test('what TGI would skip in silence is written down', async () => {
  const server = await start();
  await said(server, { repetition_penalty: 2 });
  expect(server.violations).toEqual([`${CHAT}: the engine does not know repetition_penalty`]);
});

describe('it misbehaves as it is told', () => {
  const three = { reply: () => ['Zwölf ', '😀 ', 'drei'] } satisfies TgiOptions;

  test.each<
    [string, Fault, { text: string; finish?: string | undefined; done: boolean; broke: boolean }]
  >([
    [
      'an error before the text',
      { kind: 'error', error: 'generation' },
      { text: '', done: true, broke: false },
    ],
    [
      'an error after some text',
      { kind: 'error', error: 'overloaded', after: 1 },
      { text: 'Zwölf ', done: true, broke: false },
    ],
    [
      'a connection that breaks',
      { kind: 'cut', after: 2 },
      { text: 'Zwölf 😀 ', done: false, broke: true },
    ],
    [
      'an end without a reason',
      { kind: 'unfinished' },
      { text: 'Zwölf 😀 drei', done: false, broke: false },
    ],
    [
      'an end without a reason, politely',
      { kind: 'unfinished', after: 0, done: true },
      { text: '', done: true, broke: false },
    ],
    ['no text', { kind: 'empty' }, { text: '', finish: 'stop', done: true, broke: false }],
    ['garbage', { kind: 'garbage', after: 1 }, { text: 'Zwölf ', done: false, broke: false }],
    ['no byte', { kind: 'silent' }, { text: '', done: false, broke: false }],
  ])('%s', async (_, fault, seen) => {
    const server = await start(three);
    server.misbehave(fault, { times: 1 });
    const { text, finish, events, broke } = await streamed(server);
    expect({ text, finish, done: events.includes('[DONE]'), broke }).toEqual({
      finish: undefined,
      ...seen,
    });
    expect(await streamed(server)).toMatchObject({ text: 'Zwölf 😀 drei', finish: 'stop' });
  });

  test.each<[string, Fault]>([
    ['packets of one byte', { kind: 'packets', bytes: 1 }],
    ['packets of seven bytes', { kind: 'packets', bytes: 7 }],
    ['all in one packet', { kind: 'one-packet' }],
    ['lines that end as on Windows', { kind: 'crlf' }],
    ['keep-alive comments', { kind: 'comments' }],
  ])('%s change nothing of what is said', async (_, fault) => {
    const server = await start(three);
    server.misbehave(fault);
    expect(await streamed(server)).toMatchObject({ text: 'Zwölf 😀 drei', finish: 'stop' });
  });

  test('packets tear characters apart', async () => {
    const server = await start(three);
    server.misbehave({ kind: 'packets', bytes: 1 });
    const reply = await post(server, CHAT, { messages: HELLO, stream: true });
    const parts = await Array.fromAsync(reply.body ?? []);
    expect(parts.some((part) => new TextDecoder().decode(part).includes('\uFFFD'))).toBe(true);
  });

  test('statuses, with headers and pages of a proxy', async () => {
    const server = await start();
    const overloaded = { kind: 'status', status: 429, headers: { 'retry-after': '2' } } as const;
    server.misbehave(overloaded, { times: 1 });
    server.misbehave(proxyPage, { times: 1 });
    const first = await post(server, CHAT, { messages: HELLO });
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2']);
    const second = await post(server, CHAT, { messages: HELLO });
    expect([second.status, second.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect((await post(server, CHAT, { messages: HELLO })).status).toBe(200);
  });

  test('the engine’s own errors by status, where nothing is streamed', async () => {
    const server = await start();
    const statuses = [];
    for (const error of ['generation', 'overloaded', 'incomplete', 'validation'] as const) {
      server.misbehave({ kind: 'error', error }, { times: 1 });
      const reply = await post(server, CHAT, { messages: HELLO });
      const body: unknown = await reply.json();
      statuses.push(reply.status);
      const wrong = contract.replyErrors(`POST ${CHAT}`, reply.status, 'application/json', body);
      expect(wrong).toEqual([]);
    }
    expect(statuses).toEqual([424, 429, 500, 422]);
  });

  test('another path than chat, until it behaves', async () => {
    const server = await start();
    server.misbehave({ kind: 'status', status: 503 }, { path: '/health' });
    expect((await fetch(`${server.url}/health`)).status).toBe(503);
    expect((await post(server, CHAT, { messages: HELLO })).status).toBe(200);
    server.behave();
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  test('slow is a gate that the test opens, and what was said before it is there', async () => {
    const server = await start(three);
    const gate = Promise.withResolvers<void>();
    server.misbehave({ kind: 'wait', gate: gate.promise, after: 1 });
    const reply = await post(server, CHAT, { messages: HELLO, stream: true });
    const reader = (reply.body as ReadableStream<Uint8Array>).getReader();
    let raw = '';
    const more = async () => {
      const { value, done } = await reader.read();
      raw += new TextDecoder().decode(value);
      return !done;
    };
    while (!raw.includes('\n:\n\n')) await more();
    expect(raw).toContain('Zwölf');
    expect(raw).not.toContain('drei');
    gate.resolve();
    while (await more());
    expect(raw).toContain('[DONE]');
  });

  test('silence for ever ends when the client leaves, and the log says so', async () => {
    const server = await start(three);
    server.misbehave({ kind: 'hang', after: 1 });
    const leaving = new AbortController();
    const reply = await post(
      server,
      CHAT,
      { messages: HELLO, stream: true },
      { signal: leaving.signal },
    );
    await (reply.body as ReadableStream).getReader().read();
    expect(server.open()).toBe(1);
    leaving.abort();
    await server.until(() => server.open() === 0);
    expect(server.requests[0]?.ended).toBe('left');
  });

  test('down it refuses connections, up again it answers at the same address', async () => {
    const server = await start();
    await server.down();
    await expect(fetch(`${server.url}/health`)).rejects.toThrow('fetch failed');
    await server.up();
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});

describe('the other engines', () => {
  const openai = { type: 'json_schema', json_schema: { name: 'x', schema: { const: 'yes' } } };
  const others = ['vllm', 'sglang', 'llamacpp', 'ollama', 'openai-compatible'] as const;

  test.each(others)('%s takes OpenAI’s dialect and top_p 1, and streams', async (engine) => {
    const server = await start({ engine, model: 'base' });
    expect((await fetch(`${server.url}/info`)).status).toBe(404);
    const models = (await (await fetch(`${server.url}/v1/models`)).json()) as {
      data: { id: string }[];
    };
    expect(models.data[0]?.id).toBe('base');
    const asked = { model: 'base', response_format: openai, top_p: 1 };
    expect(await said(server, asked)).toBe('"yes"');
    const { text, finish, events } = await streamed(server, asked);
    expect({ text, finish, last: events.at(-1) }).toEqual({
      text: '"yes"',
      finish: 'stop',
      last: '[DONE]',
    });
  });

  test.each<[Engine, string, number]>([
    ['vllm', 'nobody', 404],
    ['ollama', 'nobody', 404],
    ['sglang', 'base:nobody', 400],
    ['llamacpp', 'nobody', 200],
    ['openai-compatible', 'nobody', 200],
  ])('%s asked for the model %s answers %i', async (engine, model, status) => {
    const server = await start({ engine, model: 'base', adapters: ['ada'] });
    expect((await post(server, CHAT, { messages: HELLO, model })).status).toBe(status);
  });

  test.each<[Engine, object]>([
    ['vllm', { model: 'ada' }],
    ['sglang', { model: 'base:ada' }],
    ['ollama', { model: 'ada' }],
    ['llamacpp', { lora: [{ id: 0, scale: 1 }] }],
  ])('%s lets an adapter speak when asked its way', async (engine, asked) => {
    const server = await start({ engine, model: 'base', adapters: ['ada'] });
    await said(server, asked);
    expect(server.chats[0]?.adapter).toBe('ada');
    expect(server.violations).toEqual([]);
  });

  test('llama.cpp’s adapters speak until a request turns them off', async () => {
    const server = await start({ engine: 'llamacpp', adapters: ['ada'] });
    await said(server);
    await said(server, { lora: [{ id: 0, scale: 0 }] });
    expect(server.chats.map(({ adapter }) => adapter)).toEqual(['ada', null]);
  });

  test('llama.cpp takes a schema in the wrong place for any object, in silence', async () => {
    const server = await start({ engine: 'llamacpp' });
    const response_format = { type: 'json_schema', schema: { const: 'yes' } };
    expect(await said(server, { response_format })).toBe('{}');
  });

  test.each<[Engine, number]>([
    ['vllm', 400],
    ['llamacpp', 400],
    ['openai-compatible', 400],
  ])('%s refuses a prompt that is too long before it streams', async (engine, status) => {
    const server = await start({ engine, maxTotalTokens: 32 });
    const messages = [{ role: 'user', content: 'long '.repeat(100) }];
    const reply = await post(server, CHAT, { messages, stream: true });
    expect(reply.status).toBe(status);
    expect(await reply.text()).toMatch(/context/u);
  });

  test('SGLang refuses a prompt that is too long in a stream that began well', async () => {
    const server = await start({ engine: 'sglang', maxTotalTokens: 32 });
    const long = [{ role: 'user', content: 'long '.repeat(100) }];
    const { reply, chunks, events } = await streamed(server, {}, long);
    expect(reply.status).toBe(200);
    expect(events.at(-1)).toBe('[DONE]');
    expect(chunks).toEqual([{ error: expect.objectContaining({ object: 'error', code: 400 }) }]);
    expect((await post(server, CHAT, { messages: long })).status).toBe(400);
  });

  test('they count alike, each on its own route', async () => {
    const count = async (engine: Engine, path: string, body: object) => {
      const server = await start({ engine });
      return (await post(server, path, body)).json() as Promise<Record<string, unknown[]>>;
    };
    const tgi = await count('tgi', '/chat_tokenize', { messages: HELLO });
    const vllm = await count('vllm', '/tokenize', { messages: HELLO });
    const { prompt } = await count('llamacpp', '/apply-template', { messages: HELLO });
    const llamacpp = await count('llamacpp', '/tokenize', { content: prompt });
    expect(vllm['count']).toBe(tgi['tokenize_response']?.length);
    expect(llamacpp['tokens']?.length).toBe(vllm['count']);
    const without = await start({ tokenizer: false });
    expect((await post(without, '/chat_tokenize', { messages: HELLO })).status).toBe(404);
  });
});
