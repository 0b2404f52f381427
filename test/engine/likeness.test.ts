import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTgi, type TgiServer } from '../servers/tgi/server.ts';
import { openEngine, type RunningEngine } from './engine.ts';

const CHAT = '/v1/chat/completions';
const messages = [{ role: 'user', content: 'Tell me of the store' }];
const schema = { type: 'object', properties: { yes: { type: 'boolean' } }, required: ['yes'] };
const openai = { type: 'json_schema', json_schema: { name: 'x', schema } };

/** Its tokens are finer than ours: what is too long for it has to be too long for both. */
const LONG = [{ role: 'user', content: 'word '.repeat(20_000) }];

const given = process.env['LLAMA_SERVER'] !== undefined;
const title = 'our llama.cpp answers as the real one does';

describe.skipIf(!given)(given ? title : `${title} (name its binary in LLAMA_SERVER)`, () => {
  let real: RunningEngine;
  let ours: TgiServer;
  beforeAll(async () => {
    real = await openEngine();
    ours = await startTgi({ engine: 'llamacpp', adapters: ['ada'] });
  });
  afterAll(async () => {
    await ours.close();
    await real.close();
  });

  const both = (path: string, body?: unknown) =>
    Promise.all([ours.url, real.url].map((url) => exchange(`${url}${path}`, body)));

  test.each([
    '/health',
    '/props',
    '/v1/models',
    '/lora-adapters',
    '/info',
    '/version',
    '/get_model_info',
    '/api/version',
  ])('GET %s', async (path) => {
    const [our, their] = await both(path);
    expect(our?.status).toBe(their?.status);
    expect(missing(our?.body, their?.body)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a reply', { messages, max_tokens: 3 }],
    ['a model’s name that nobody knows', { messages, max_tokens: 3, model: 'nobody' }],
    ['no room for a reply', { messages, max_tokens: 0 }],
    ['values out of range', { messages, max_tokens: 3, temperature: -1, top_p: 2 }],
    ['five stop sequences', { messages, max_tokens: 3, stop: ['1', '2', '3', '4', '5'] }],
    ['no messages', { messages: [], max_tokens: 3 }],
    ['messages of another type', { messages: 3 }],
    ['a temperature in words', { messages, temperature: 'hot' }],
    ['a format of no known type', { messages, response_format: { type: 'regex', value: 'x' } }],
    ['a prompt that is too long', { messages: LONG }],
    ['a prompt that is too long for a stream', { messages: LONG, stream: true }],
    [
      'an adapter’s number that nobody has',
      { messages, max_tokens: 3, lora: [{ id: 9, scale: 1 }] },
    ],
    ['no JSON', '{'],
  ])('chat: %s', async (_, body) => {
    const [our, their] = await both(CHAT, body);
    expect(our?.status).toBe(their?.status);
    expect(our?.type).toBe(their?.type);
    expect(missing(our?.body, their?.body)).toEqual([]);
  });

  test.each<[string, object, readonly string[]]>([
    ['whole', { temperature: 0 }, ['role', 'text', 'end', '[DONE]']],
    [
      'with usage',
      { temperature: 0, stream_options: { include_usage: true } },
      ['role', 'text', 'end', 'usage', '[DONE]'],
    ],
  ])('a stream, %s', async (_, more, order) => {
    const [our, their] = await both(CHAT, { messages, stream: true, max_tokens: 5, ...more });
    expect(our?.type).toBe(their?.type);
    expect(their?.events.map(kindOf).filter(changes)).toEqual(order);
    expect(our?.events.map(kindOf).filter(changes)).toEqual(order);
    for (const kind of order) {
      const ofKind = (events: readonly unknown[] = []) =>
        events.find((event) => kindOf(event) === kind);
      expect(missing(ofKind(our?.events), ofKind(their?.events))).toEqual([]);
    }
  });

  test('both hold a reply to a schema in OpenAI’s shape', async () => {
    const replies = await both(CHAT, { messages, max_tokens: 100, response_format: openai });
    const said = replies.map(({ body }) => JSON.parse(contentOf(body)) as object);
    expect(said.map((value) => Object.keys(value).includes('yes'))).toEqual([true, true]);
  });

  test('both take a schema in the wrong place for any object, in silence', async () => {
    const response_format = { type: 'json_schema', schema };
    const asked = { messages, max_tokens: 100, temperature: 0, response_format };
    for (const { status, body } of await both(CHAT, asked)) {
      expect(status).toBe(200);
      expect(contentOf(body)).toMatch(/^\s*\{/u);
      expect(contentOf(body)).not.toMatch(/^\s*\{\s*"yes"/u);
    }
  });

  test('in both an adapter speaks until a request turns it off', async () => {
    const speak = async (lora?: object) => {
      const sent = { messages, temperature: 0, max_tokens: 12, ...(lora && { lora }) };
      return (await both(CHAT, sent)).map(({ body }) => contentOf(body));
    };
    const unsaid = await speak();
    expect(await speak([{ id: 0, scale: 1 }])).toEqual(unsaid);
    const off = await speak([{ id: 0, scale: 0 }]);
    expect(off[0]).not.toBe(unsaid[0]);
    expect(off[1]).not.toBe(unsaid[1]);
  });

  test('both leave a stop sequence out of the text', async () => {
    const greedy = { messages, temperature: 0, max_tokens: 12 };
    const whole = (await both(CHAT, greedy)).map(({ body }) => contentOf(body));
    for (const [at, url] of [ours.url, real.url].entries()) {
      const stop = whole[at]?.trim().split(' ')[3] ?? '';
      const { body } = await exchange(`${url}${CHAT}`, { ...greedy, stop: [stop] });
      expect(contentOf(body)).toBe(whole[at]?.slice(0, whole[at]?.indexOf(stop)));
    }
  });

  test('both count a prompt as they count it in a reply’s usage', async () => {
    for (const url of [ours.url, real.url]) {
      const { body } = await exchange(`${url}${CHAT}`, { messages, max_tokens: 1 });
      const { prompt } = (await exchange(`${url}/apply-template`, { messages })).body as {
        prompt: string;
      };
      const counting = { content: prompt, add_special: true, parse_special: true };
      const { tokens } = (await exchange(`${url}/tokenize`, counting)).body as { tokens: number[] };
      const { usage } = body as { usage: { prompt_tokens: number } };
      expect(tokens).toHaveLength(usage.prompt_tokens);
      const told = await exchange(`${url}${CHAT}/input_tokens`, { messages });
      expect(told.body).toEqual({
        input_tokens: usage.prompt_tokens,
        object: 'response.input_tokens',
      });
    }
  });
});

type Exchange = {
  readonly status: number;
  readonly type: string;
  /** Parsed JSON, or the text. */
  readonly body: unknown;
  readonly events: readonly unknown[];
};

async function exchange(address: string, body?: unknown): Promise<Exchange> {
  const reply = await fetch(address, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  });
  const text = await reply.text();
  const [type = ''] = (reply.headers.get('content-type') ?? '').split(';');
  const events = text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => jsonOf(event.slice(6)));
  return { status: reply.status, type, body: events.length > 0 ? null : jsonOf(text), events };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function contentOf(body: unknown): string {
  return (body as { choices: [{ message: { content: string } }] }).choices[0].message.content;
}

type Event = {
  readonly choices: readonly {
    readonly delta: { readonly role?: string };
    finish_reason?: string | null;
  }[];
};

function kindOf(event: unknown): string {
  if (typeof event === 'string') return event;
  const [choice] = (event as Event).choices;
  if (choice === undefined) return 'usage';
  if (choice.finish_reason) return 'end';
  return choice.delta.role === undefined ? 'text' : 'role';
}

function changes(kind: string, at: number, kinds: readonly string[]): boolean {
  return kind !== kinds[at - 1];
}

/** What of ours the real one does not have, or has of another type: we may say less, never else. */
function missing(ours: unknown, theirs: unknown, path = ''): readonly string[] {
  if (typeOf(ours) !== typeOf(theirs))
    return [`${path}: ${typeOf(ours)}, really ${typeOf(theirs)}`];
  if (Array.isArray(ours)) {
    const [one, another] = [ours[0] as unknown, (theirs as unknown[])[0]];
    return one === undefined || another === undefined ? [] : missing(one, another, `${path}[]`);
  }
  if (typeof ours !== 'object' || ours === null) return [];
  return Object.entries(ours).flatMap(([key, value]) =>
    missing(value, (theirs as Record<string, unknown>)[key], `${path}.${key}`),
  );
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
