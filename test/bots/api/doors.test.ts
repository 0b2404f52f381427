import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openReadiness } from '../../../bots/api/readiness.ts';
import { startApi } from '../../../bots/api/server.ts';
import { openApiKeys } from '../../../bots/state/keys.ts';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';
import { openDatabase } from '../../../pipelines/stores/sqlite/database.ts';
import { openTestTwin, type TestTwin } from '../twin.ts';
import { openScene, portsOf, type Scene } from './scene.ts';

let twin: TestTwin;
let scene: Scene;

beforeAll(async () => {
  twin = await openTestTwin([{ title: 'Ports', content: 'The playground listens on port 4000.' }]);
  scene = await openScene(twin, { options: { origins: ['https://chat.example'] } });
});
afterAll(async () => {
  await scene.close();
  await twin.close();
});

const body = { question: 'Which port?' };
const day = 86_400_000;

describe('keys', () => {
  test('without one nothing is said but how to get in', async () => {
    const { status, json, headers } = await scene.ask(body, { key: null });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="understudy"');
    expect(json).toMatchObject({
      type: 'urn:understudy:problem:key.missing',
      status: 401,
      code: 'key.missing',
      hint: expect.stringContaining('understudy keys create'),
    });
  });

  test('one that does not open is refused, whatever is wrong with it', async () => {
    const expired = await scene.makeKey(['ask'], { expiresAt: new Date(0).toISOString() });
    const revoked = await scene.makeKey(['ask'], { name: 'gone' });
    expect((await scene.ask(body, { key: revoked })).status).toBe(200);
    await scene.keys.revoke('gone', new Date().toISOString());
    const wrong = [
      ['hello', 'key.malformed'],
      [`usk_${'a'.repeat(43)}`, 'key.unknown'],
      [expired, 'key.expired'],
      [revoked, 'key.revoked'],
    ] as const;
    for (const [key, code] of wrong) {
      const { status, json, headers } = await scene.ask(body, { key });
      expect({ status, code: json['code'] }).toEqual({ status: 401, code });
      expect(headers.get('www-authenticate')).toContain('invalid_token');
    }
  });

  test('one that will expire opens until then, and the day of its use is kept', async () => {
    const expiresAt = new Date(Date.now() + day).toISOString();
    const key = await scene.makeKey(['ask'], { name: 'soon', expiresAt });
    expect((await scene.ask(body, { key })).status).toBe(200);
    const kept = (await scene.keys.list()).find(({ name }) => name === 'soon');
    expect(kept?.lastUsedOn).toMatch(/^\d{4}-\d\d-\d\d$/u);
  });

  test.each([
    ['feedback', '/v1/feedback', { trace: crypto.randomUUID(), value: 'up' }],
    ['ask', '/v1/ask', body],
    ['ask', '/v1/chat/completions', { model: 'ada', messages: [] }],
    ['ask', '/v1/models', undefined],
    ['read', '/v1/sources', undefined],
    ['read', `/v1/documents/${crypto.randomUUID()}`, undefined],
    ['write', '/v1/documents', { content: 'x', author: 'A', source: 's', key: 'k' }],
  ] as const)('a key without the scope %s does not open %s', async (scope, path, sent) => {
    const others = (['ask', 'feedback', 'read', 'write', 'metrics'] as const).filter(
      (each) => each !== scope,
    );
    const key = await scene.makeKey(others);
    const { status, headers, json } = await scene.call(path, { key, body: sent });
    expect(status).toBe(403);
    expect(headers.get('www-authenticate')).toContain(`scope="${scope}"`);
    expect(JSON.stringify(json)).toContain('key.scope');
  });

  test('a body is not read before its sender is known', async () => {
    const { status } = await scene.ask({}, { key: null, body: 'x'.repeat(2_000_000) });
    expect(status).toBe(401);
  });
});

describe('requests', () => {
  test('keep an id that is usable, and get one where theirs is not', async () => {
    const given = await scene.ask(body, { headers: { 'x-request-id': 'proxy-1.2:3' } });
    expect(given.headers.get('x-request-id')).toBe('proxy-1.2:3');
    const { headers, json } = await scene.call('/v1/nothing', {
      headers: { 'x-request-id': 'a"b<script>' },
    });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/u);
    expect(json).toMatchObject({
      code: 'request.unknown-path',
      requestId: headers.get('x-request-id'),
      instance: `urn:understudy:request:${headers.get('x-request-id')}`,
    });
  });

  test('that are wrong are told where', async () => {
    const { json } = await scene.ask({ question: '', colour: 'blue', since: 'spring' });
    expect(json).toMatchObject({ status: 400, code: 'request.invalid' });
    const pointers = (json['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/question', '/since']));
  });

  test('are JSON, whole, and not too large', async () => {
    const plain = await scene.ask(body, { headers: { 'content-type': 'text/plain' } });
    expect(plain.json).toMatchObject({ status: 415, code: 'request.not-json' });
    const broken = await scene.ask({}, { body: '{"question":' });
    expect(broken.json).toMatchObject({ status: 400, code: 'request.invalid' });
    const large = await scene.ask({ question: 'x'.repeat(600_000) });
    expect(large.json).toMatchObject({ status: 413, code: 'request.too-large' });
  });

  test('by another method or path are not there', async () => {
    expect((await scene.call('/v1/ask')).json).toMatchObject({ code: 'request.unknown-path' });
    expect((await scene.call('/docs/../../package.json')).status).toBe(404);
  });

  test('that break something inside learn nothing of it; the log does', async () => {
    const broken = await openScene(twin, {
      ports: {
        knowledge: {
          overview: () => Promise.reject(new Error('/var/secret/place is full')),
          sources: async () => [],
          authors: async () => [],
        },
      },
    });
    const { status, json, text, headers } = await broken.call('/v1/sources');
    expect(status).toBe(500);
    expect(json).toMatchObject({ code: 'api.failed' });
    expect(text).not.toContain('secret');
    expect(broken.complaints).toMatchObject([
      [
        { requestId: headers.get('x-request-id'), err: { message: '/var/secret/place is full' } },
        expect.any(String),
      ],
    ]);
    await broken.close();
  });

  test('that find a store busy are told to come again', async () => {
    const busy = new TransientError('The database is locked.', {
      code: 'store.busy',
      retryAfterMs: 3_000,
    });
    const waiting = await openScene(twin, {
      ports: { warehouse: { get: () => Promise.reject(busy) } },
    });
    const { status, json, headers } = await waiting.call(`/v1/documents/${crypto.randomUUID()}`);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('3');
    expect(json).toMatchObject({ code: 'store.busy', retryAfterMs: 3_000 });
    await waiting.close();
  });
});

describe('limits', () => {
  test('count a key’s requests over all routes, and say when to come back', async () => {
    const limited = await openScene(twin, { options: { perMinute: 3 } });
    const statuses: number[] = [];
    for (const path of ['/v1/models', '/v1/sources', '/v1/models']) {
      const { status, headers } = await limited.call(path);
      statuses.push(status);
      expect(headers.get('ratelimit-limit')).toBe('3');
      expect(headers.get('ratelimit-remaining')).toBe(String(3 - statuses.length));
    }
    expect(statuses).toEqual([200, 200, 200]);
    const { status, headers, json } = await limited.call('/v1/sources');
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(json).toMatchObject({ code: 'rate.key', retryAfterMs: expect.any(Number) });
    expect((await limited.call('/healthz', { key: null })).status).toBe(200);
    const another = await limited.makeKey(['read']);
    expect((await limited.call('/v1/sources', { key: another })).status).toBe(200);
    await limited.close();
  });
});

describe('pages elsewhere', () => {
  test('that are on the list may call and read; others get nothing to go by', async () => {
    const from = (origin: string) => scene.call('/healthz', { headers: { origin } });
    const allowed = await from('https://chat.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://chat.example');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    expect(allowed.headers.get('vary')).toContain('Origin');
    const other = await from('https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('may ask first, as browsers do', async () => {
    const preflight = await scene.call('/v1/ask', {
      method: 'OPTIONS',
      key: null,
      headers: {
        origin: 'https://chat.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    expect(preflight.headers.get('access-control-allow-headers')).toBe(
      'authorization,content-type',
    );
  });
});

describe('probes', () => {
  test('tell that the process lives and whether it can answer', async () => {
    expect((await scene.call('/healthz', { key: null })).json).toEqual({ status: 'ok' });
    const { status, json } = await scene.call('/readyz', { key: null });
    expect(status).toBe(200);
    expect(json).toEqual({
      status: 'ready',
      checks: [
        { name: 'stores', ok: true },
        { name: 'index', ok: true },
      ],
    });
  });

  test('say what is not well, and never more than that', async () => {
    const states = [{ breaker: 'open' }, { breaker: 'open' }];
    const failing = {
      warehouse: { version: () => Promise.reject(new Error('no disk')) },
      features: { current: async () => undefined },
    };
    const ready = openReadiness(failing, { model: () => states });
    const unwell = await openScene(twin, { ports: { ready } });
    const checks = async () => (await unwell.call('/readyz', { key: null })).json;
    expect(await checks()).toEqual({
      status: 'not-ready',
      checks: ['stores', 'index', 'model'].map((name) => ({ name, ok: false })),
    });
    states.push({ breaker: 'half-open' });
    expect((await checks())['checks']).toContainEqual({ name: 'model', ok: true });
    await unwell.close();
    const broken = await openScene(twin, { ports: { ready: () => Promise.reject(new Error()) } });
    expect((await broken.call('/readyz', { key: null })).status).toBe(503);
    expect((await broken.call('/healthz', { key: null })).status).toBe(200);
    await broken.close();
  });

  test('metrics are for this machine or a key, and count what happened', async () => {
    await scene.ask(body, { key: await scene.makeKey(['ask']) });
    const { status, text } = await scene.call('/metrics', { key: null });
    expect(status).toBe(200);
    expect(text).toMatch(
      /understudy_api_requests_total\{route="\/v1\/ask",method="POST",status="200"\} [1-9]/u,
    );
    expect(text).toMatch(/understudy_api_answers_total\{outcome="answered"\} [1-9]/u);
    expect(text).toMatch(/understudy_api_first_text_seconds_count [1-9]/u);
    expect(text).toContain('understudy_api_answers_running 0');
    const key = await scene.makeKey(['metrics']);
    for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { via: '1.1 proxy' }]) {
      expect((await scene.call('/metrics', { key: null, headers })).status).toBe(401);
      expect((await scene.call('/metrics', { key, headers })).status).toBe(200);
    }
    expect(await statusFor('/metrics', { host: 'rebound.example' })).toBe(401);
  });
});

/** Node's own client, since `fetch` does not let a test choose `Host`. */
function statusFor(path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(new URL(path, scene.url), { headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}

describe('an API that others can reach', () => {
  const start = async (host: string) => {
    const home = await openTestTwin([]);
    const database = openDatabase(home.home);
    const keys = openApiKeys(database);
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const options = { host, port: 0, origins: [], perMinute: null, twin: 'ada', version: '0' };
    try {
      const api = await startApi({ ...portsOf(home), keys, log }, options);
      const response = await fetch(`http://127.0.0.1:${new URL(api.url).port}/v1/models`);
      await api.close();
      return response.status;
    } finally {
      database.close();
      await home.close();
    }
  };

  test('does not start while no key opens it', async () => {
    const started = start('0.0.0.0');
    await expect(started).rejects.toThrow(PermanentError);
    await expect(started).rejects.toMatchObject({ code: 'api.no-keys' });
  });

  test('one for this machine alone starts, and still asks for a key', async () => {
    expect(await start('127.0.0.1')).toBe(401);
  });
});
