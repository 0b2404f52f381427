import { afterEach, describe, expect, test } from 'vitest';
import { discoverEngines } from '../../../../pipelines/serving/language-model/discover.ts';
import { openLanguageModel } from '../../../../pipelines/serving/language-model/open.ts';
import { startTei } from '../../../servers/tei/server.ts';
import { type Engine, startTgi, type TgiOptions } from '../../../servers/tgi/server.ts';
import { startWebServer, status } from '../../../servers/web.ts';
import { failure } from '../endpoints/fixtures.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
async function served(options: TgiOptions) {
  const server = await startTgi(options);
  closing.push(server.close);
  return server;
}
async function open(...parameters: Parameters<typeof openLanguageModel>) {
  const model = await openLanguageModel(...parameters);
  closing.push(model.close);
  return model;
}

describe('which engine answers', () => {
  const engines: readonly Engine[] = [
    'tgi',
    'vllm',
    'sglang',
    'llamacpp',
    'ollama',
    'openai-compatible',
  ];
  test.each(engines)('%s is recognised, with its model', async (engine) => {
    const { url } = await served({ engine, model: 'org/base', maxTotalTokens: 2_048 });
    const { identity, contextTokens } = await open({ endpoints: [{ url }] });
    expect(identity).toMatchObject({ engine, model: 'org/base', adapter: null });
    // Ollama and unknown servers do not tell reliably: what is assumed is small.
    const tells = engine !== 'ollama' && engine !== 'openai-compatible';
    expect(contextTokens).toBe(tells ? 2_048 : 4_096);
  });

  test('TGI tells the commit of its weights', async () => {
    const { url } = await served({ revision: 'abc123' });
    expect((await open({ endpoints: [{ url }] })).identity.revision).toBe('abc123');
  });

  test('an engine that is set is not looked for', async () => {
    const server = await served({ engine: 'vllm', model: 'org/base' });
    await open({ endpoints: [{ url: server.url }], engine: 'vllm' });
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/models']);
  });

  test('a context that is set goes before the server’s', async () => {
    const { url } = await served({});
    expect((await open({ endpoints: [{ url }], contextTokens: 1_000 })).contextTokens).toBe(1_000);
  });
});

describe('what is no model server', () => {
  const openAt = (url: string) => failure(openLanguageModel({ endpoints: [{ url }] }));

  test('is a permanent failure that says so', async () => {
    const web = await startWebServer();
    closing.push(web.close);
    web.set('/', '<html>Welcome</html>');
    const error = await openAt(web.url);
    expect(error).toMatchObject({ name: 'PermanentError', code: 'chat.not-a-model' });
    expect(error.message).toContain(web.url);
  });

  test('an embedding server is told from it', async () => {
    const tei = await startTei();
    closing.push(tei.close);
    expect((await openAt(tei.url)).message).toContain('is an embedding server');
  });

  test('nothing that answers is transient', async () => {
    const web = await startWebServer();
    await web.close();
    const error = await openAt(web.url);
    expect(error).toMatchObject({ name: 'TransientError', code: 'chat.down' });
    expect(error.message).toContain('nothing listens there');
  });

  test.each([
    [401, 'PermanentError', 'chat.unauthorised'],
    [503, 'TransientError', 'chat.down'],
  ])('a server that answers %i is one that cannot be asked', async (code, name, expected) => {
    const web = await startWebServer();
    closing.push(web.close);
    web.set('/v1/models', status(code));
    expect(await openAt(web.url)).toMatchObject({ name, code: expected });
  });

  test('what is no address is refused before anything is sent', async () => {
    expect(await openAt('localhost')).toMatchObject({ code: 'chat.bad-url' });
  });

  test('finding out can be aborted', async () => {
    const server = await served({});
    server.misbehave({ kind: 'hang' }, { path: '*' });
    const controller = new AbortController();
    const opening = failure(
      openLanguageModel({ endpoints: [{ url: server.url }] }, controller.signal),
    );
    await server.until(() => server.requests.length > 0);
    const reason = new Error('left');
    controller.abort(reason);
    expect(await opening).toBe(reason);
    await server.until(() => server.open() === 0);
  });
});

describe('several models on one server', () => {
  async function several() {
    const web = await startWebServer();
    closing.push(web.close);
    const data = ['org/small', 'org/large'].map((id) => ({ id, object: 'model' }));
    web.set('/v1/models', JSON.stringify({ object: 'list', data }), 'application/json');
    return [{ url: web.url }];
  }

  test('one of them has to be named', async () => {
    const endpoints = await several();
    const error = await failure(openLanguageModel({ endpoints }));
    expect(error).toMatchObject({ name: 'PermanentError', code: 'chat.no-model' });
    expect(error.message).toContain('org/small, org/large');
    const { identity } = await open({ endpoints, model: 'org/large' });
    expect(identity.model).toBe('org/large');
  });

  test('one that is not there is refused', async () => {
    const endpoints = await several();
    const error = await failure(openLanguageModel({ endpoints, model: 'org/huge' }));
    expect(error).toMatchObject({ code: 'chat.no-model' });
    expect(error.message).toContain('org/huge');
  });
});

describe('a model of vLLM’s', () => {
  const card = (id: string, root: string, parent: string | null) => {
    return { id, root, parent, owned_by: 'vllm', max_model_len: parent ? null : 8_192 };
  };
  async function listing(...data: object[]) {
    const web = await startWebServer();
    closing.push(web.close);
    web.set('/v1/models', JSON.stringify({ object: 'list', data }), 'application/json');
    return [{ url: web.url }];
  }

  test('may have several names', async () => {
    const endpoints = await listing(
      card('base', 'org/base', null),
      card('gpt-4', 'org/base', null),
      card('ada', '/adapters/ada', 'base'),
    );
    const { identity, contextTokens } = await open({ endpoints, adapter: 'ada' });
    expect(identity).toMatchObject({ engine: 'vllm', model: 'base', adapter: 'ada' });
    expect(contextTokens).toBe(8_192);
    const named = await open({ endpoints, model: 'gpt-4' });
    expect(named.identity.model).toBe('gpt-4');
  });

  test('is not one of its adapters', async () => {
    const endpoints = await listing(
      card('base', 'org/base', null),
      card('ada', '/adapters/ada', 'base'),
    );
    const error = await failure(openLanguageModel({ endpoints, model: 'ada' }));
    expect(error).toMatchObject({ code: 'chat.no-model' });
  });
});

describe('several endpoints', () => {
  test('have to serve the same model', async () => {
    const servers = await Promise.all(['org/a', 'org/b'].map((model) => served({ model })));
    const endpoints = servers.map(({ url }) => ({ url }));
    const error = await failure(openLanguageModel({ endpoints }));
    expect(error).toMatchObject({ name: 'PermanentError', code: 'chat.different-models' });
    expect(error.message).toMatch(/org\/a at \w+ on tgi, org\/b at \w+ on tgi/u);
  });

  test('one that is down does not keep the others from being opened', async () => {
    const [one, two] = await Promise.all([served({}), served({})]);
    await two.down();
    const model = await open({ endpoints: [{ url: two.url }, { url: one.url }] });
    expect(model.states().map(({ url }) => url)).toEqual([two.url, one.url]);
  });

  test('the smallest context of them is the one', async () => {
    const servers = await Promise.all(
      [4_096, 2_048].map((maxTotalTokens) => served({ maxTotalTokens })),
    );
    const model = await open({ endpoints: servers.map(({ url }) => ({ url })) });
    expect(model.contextTokens).toBe(2_048);
  });
});

describe('looking for engines on this machine', () => {
  const portOf = (url: string) => Number(new URL(url).port);

  test('finds those that run, with what they serve', async () => {
    const [tgi, vllm] = await Promise.all([
      served({ model: 'org/a' }),
      served({ engine: 'vllm', model: 'org/b' }),
    ]);
    const web = await startWebServer();
    closing.push(web.close);
    const gone = await startWebServer();
    await gone.close();
    const ports = [tgi, vllm, web, gone].map(({ url }) => portOf(url));
    expect(await discoverEngines(undefined, { ports })).toEqual([
      { engine: 'tgi', url: tgi.url, models: ['org/a'] },
      { engine: 'vllm', url: vllm.url, models: ['org/b'] },
    ]);
  });

  test('waits for nobody that does not answer', async () => {
    const server = await served({});
    server.misbehave({ kind: 'hang' }, { path: '*' });
    const ports = [portOf(server.url)];
    expect(await discoverEngines(undefined, { ports, limitMs: 20 })).toEqual([]);
  });
});
