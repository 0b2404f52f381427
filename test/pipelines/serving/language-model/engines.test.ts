import { afterEach, describe, expect, test } from 'vitest';
import { openLanguageModel } from '../../../../pipelines/serving/language-model/open.ts';
import type { Completion } from '../../../../pipelines/serving/language-model/port.ts';
import { completed } from '../../../../pipelines/serving/language-model/read.ts';
import { startWebServer } from '../../../servers/web.ts';
import { failure } from '../endpoints/fixtures.ts';
import { asked, bodies, type Opened, opened } from './fixtures.ts';

let now: Opened | undefined;
afterEach(async () => {
  await now?.close();
  now = undefined;
});

const schema = {
  type: 'object',
  properties: { old: { type: 'boolean' } },
  required: ['old'],
  additionalProperties: false,
};
const everything: Completion = {
  ...asked,
  temperature: 0,
  topP: 0.9,
  stop: ['\n\n'],
  seed: 7,
  schema: { name: 'age', schema },
  affinity: 'prompt-1',
};
const { messages } = asked;
const plain = { messages, max_tokens: 32, stream: true, stream_options: { include_usage: true } };
const full = { ...plain, temperature: 0, top_p: 0.9, stop: ['\n\n'], seed: 7 };
const openAi = { type: 'json_schema', json_schema: { name: 'age', schema } };
const model = 'org/base';

describe('what is sent, to the letter', () => {
  test.each([
    ['tgi', 'tgi', { type: 'json', value: schema }],
    ['vllm', model, openAi],
    ['sglang', model, openAi],
    ['llamacpp', model, openAi],
    ['ollama', model, openAi],
    ['openai-compatible', model, openAi],
  ] as const)('to %s', async (engine, name, format) => {
    now = await opened({ engine, model });
    await completed(now.model, asked);
    await completed(now.model, everything);
    expect(bodies(now.server)).toEqual([
      { model: name, ...plain },
      { model: name, ...full, response_format: format },
    ]);
    expect(now.server.violations).toEqual([]);
  });

  test('top_p 1 means nothing, and is not sent: TGI refuses it', async () => {
    now = await opened();
    await completed(now.model, { ...asked, topP: 1, stop: [] });
    expect(bodies(now.server)).toEqual([{ model: 'tgi', ...plain }]);
  });

  test('what engines misread is never sent, whatever is asked', async () => {
    now = await opened();
    await completed(now.model, everything);
    const keys = Object.keys(bodies(now.server)[0] as object);
    for (const key of ['presence_penalty', 'frequency_penalty', 'n', 'logit_bias', 'tools']) {
      expect(keys).not.toContain(key);
    }
    expect(now.server.chats[0]).toMatchObject({ repetitionPenalty: 1, temperature: 0 });
  });

  test('more stops than engines take are refused here', async () => {
    now = await opened();
    const stop = ['a', 'b', 'c', 'd', 'e'];
    const error = await failure(completed(now.model, { ...asked, stop }));
    expect(error).toMatchObject({ name: 'PermanentError', code: 'chat.refused' });
    expect(bodies(now.server)).toEqual([]);
  });

  test('a model that is served under a path of its machine is named so', async () => {
    now = await opened({ engine: 'vllm', model: '/models/ada' });
    expect((await completed(now.model, asked)).text).not.toBe('');
    expect(bodies(now.server)).toEqual([{ model: '/models/ada', ...plain }]);
  });

  test('the token goes along as bearer', async () => {
    now = await opened({ apiKey: 'secret' });
    const { server } = now;
    const keyed = await openLanguageModel({ endpoints: [{ url: server.url, token: 'secret' }] });
    await completed(keyed, asked);
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer secret');
    await keyed.close();
    expect(await failure(completed(now.model, asked))).toMatchObject({
      code: 'chat.unauthorised',
    });
  });

  test.each(['', '/', '/v1', '/v1/', '/v1/chat/completions'])(
    'an address may end in “%s”',
    async (end) => {
      now = await opened();
      const { server } = now;
      const other = await openLanguageModel({ endpoints: [{ url: server.url + end }] });
      expect((await completed(other, asked)).endpoint).toBe(server.url);
      expect((await other.countTokens(messages)).exact).toBe(true);
      await other.close();
    },
  );
});

describe('whose weights speak', () => {
  const adapters = ['ada', 'grace'];
  test.each([
    ['tgi', 'ada', 'grace', 'tgi'],
    ['vllm', 'ada', 'grace', model],
    ['sglang', `${model}:ada`, `${model}:grace`, model],
    ['ollama', 'ada', 'grace', model],
  ] as const)('on %s is chosen by the model’s name', async (engine, own, other, base) => {
    now = await opened({ engine, model, adapters }, { adapter: 'ada', model });
    expect(now.model.identity).toMatchObject({ engine, model, adapter: 'ada' });
    await completed(now.model, asked);
    await completed(now.model, { ...asked, adapter: 'grace' });
    await completed(now.model, { ...asked, adapter: null });
    const names = bodies(now.server).map((body) => (body as { model: string }).model);
    expect(names).toEqual([own, other, base]);
    expect(now.server.chats.map(({ adapter }) => adapter)).toEqual(['ada', 'grace', null]);
  });

  test('on llama.cpp by numbers, with the others switched off, and all of them for the base', async () => {
    now = await opened({ engine: 'llamacpp', model, adapters }, { adapter: 'grace' });
    await completed(now.model, asked);
    await completed(now.model, { ...asked, adapter: null });
    expect(bodies(now.server)).toEqual([
      {
        model,
        lora: [
          { id: 0, scale: 0 },
          { id: 1, scale: 1 },
        ],
        ...plain,
      },
      {
        model,
        lora: [
          { id: 0, scale: 0 },
          { id: 1, scale: 0 },
        ],
        ...plain,
      },
    ]);
    const error = await failure(completed(now.model, { ...asked, adapter: 'nobody' }));
    expect(error).toMatchObject({ name: 'PermanentError', code: 'chat.no-adapter' });
    expect(bodies(now.server)).toHaveLength(2);
  });

  test.each(['vllm', 'llamacpp', 'ollama'] as const)(
    'an adapter that %s does not have is refused at once',
    async (engine) => {
      const error = await failure(
        opened({ engine, model, adapters }, { adapter: 'nobody', model }),
      );
      expect(error).toMatchObject({ name: 'PermanentError', code: 'chat.no-adapter' });
      expect(error.message).toContain('ada, grace');
    },
  );

  test('TGI does not list its adapters: that is for the probe to find out', async () => {
    now = await opened({ adapters }, { adapter: 'nobody' });
    expect(now.model.identity.adapter).toBe('nobody');
    await completed(now.model, asked);
    expect(now.server.chats[0]).toMatchObject({ model: 'nobody', adapter: null });
  });
});

describe('Hugging Face’s providers', () => {
  const route = (models: unknown) => async () => {
    const router = await startWebServer();
    const sent: { body: unknown; authorization: string | undefined }[] = [];
    router.set('/v1/models', JSON.stringify({ data: models }), 'application/json');
    router.set('/v1/chat/completions', (request, response) => {
      let text = '';
      request.on('data', (part) => (text += part));
      request.on('end', () => {
        sent.push({ body: JSON.parse(text), authorization: request.headers.authorization });
        const event = {
          choices: [{ index: 0, delta: { content: 'hello' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 9, completion_tokens: 1 },
        };
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(`data: ${JSON.stringify(event)}\n\ndata: [DONE]\n\n`);
      });
    });
    return { router, sent };
  };
  const listed = [
    {
      id: 'org/base',
      providers: [
        { provider: 'groq', status: 'live', context_length: 8_192 },
        { provider: 'together', status: 'live', context_length: 131_072 },
        { provider: 'other', status: 'live' },
      ],
    },
  ];

  test('are asked through the router, by a model’s name and a provider’s', async () => {
    const { router, sent } = await route(listed)();
    const endpoints = [{ url: router.url, token: 'hf_secret' }];
    const engine = 'hf-providers';
    const routed = await openLanguageModel({ endpoints, engine, model: 'org/base:together' });
    expect(routed.identity).toMatchObject({ engine, model: 'org/base:together', revision: null });
    expect(routed.contextTokens).toBe(131_072);
    const reply = await completed(routed, everything);
    expect(reply).toMatchObject({ text: 'hello', endpoint: router.url });
    expect(sent).toEqual([
      {
        body: { model: 'org/base:together', ...full, response_format: openAi },
        authorization: 'Bearer hf_secret',
      },
    ]);
    await routed.close();

    const any = await openLanguageModel({ endpoints, engine, model: 'org/base' });
    expect(any.contextTokens).toBe(8_192);
    await any.close();
    await router.close();
  });

  test('want a model and a token of their own', async () => {
    const { router } = await route(listed)();
    const engine = 'hf-providers';
    const open = (model: string | undefined, token: string) =>
      failure(
        openLanguageModel({
          endpoints: [{ url: router.url, token }],
          engine,
          ...(model ? { model } : {}),
        }),
      );
    expect(await open(undefined, 'hf_a')).toMatchObject({ code: 'chat.no-model' });
    expect(await open('org/unknown', 'hf_a')).toMatchObject({ code: 'chat.no-model' });
    expect(await open('org/base', 'sk-a')).toMatchObject({ code: 'chat.unauthorised' });
    await router.close();
  });
});
