import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bury, openStage, stateOf } from './stage.ts';

const token = '2f7c1e0a9b8d4c3e6f5a';
const basic = (password: string, user = 'operator') =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

let stage: Awaited<ReturnType<typeof openStage>>;
afterEach(() => stage.close());

describe('with a token', () => {
  beforeEach(async () => {
    stage = await openStage({ token });
  });

  test.each([
    ['as a bearer', `Bearer ${token}`],
    ['as a browser’s password', basic(token)],
    ['as a password without a name', basic(token, '')],
  ])('it opens %s', async (_, authorization) => {
    const response = await stage.get('/', { authorization });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('the operator’s page');
  });

  test.each([
    ['nothing', undefined],
    ['another', 'Bearer 2f7c1e0a9b8d4c3e6f5b'],
    ['the beginning of it', `Bearer ${token.slice(0, -1)}`],
    ['more than it', `Bearer ${token}a`],
    ['it as another scheme', `Digest ${token}`],
    ['it as a name instead of a password', basic('', token)],
    ['another password', basic('guess')],
  ])('%s opens nothing: no page, no job, no file', async (_, authorization) => {
    const id = await bury(stage.queues, 'collect', 'secret-key', 'Gone.');
    const headers = authorization === undefined ? {} : { authorization };
    for (const path of ['/', `/jobs/${id}`, '/operator.css', '/queues', '/nothing']) {
      const response = await stage.get(path, headers);
      expect([path, response.status]).toEqual([path, 401]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm=/u);
      expect(await response.text()).not.toContain('secret-key');
    }
    expect((await stage.post(`/jobs/${id}/retry`, headers)).status).toBe(401);
    expect(await stateOf(stage.queues, id)).toBe('dead');
  });

  test('probes and Prometheus need none, and learn nothing of any writing', async () => {
    await bury(stage.queues, 'collect', 'secret-key', 'secret-reason');
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      const response = await stage.get(path);
      expect([path, response.status]).toEqual([path, 200]);
      expect(await response.text()).not.toContain('secret');
    }
  });
});

describe('requests that another page makes', () => {
  const authorization = basic(token);
  beforeEach(async () => {
    stage = await openStage({ token });
  });

  test.each([
    ['from another origin', { origin: 'https://evil.example' }],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['from a sandboxed frame', { origin: 'null' }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a neighbouring site', { 'sec-fetch-site': 'same-site' }],
  ])('%s change nothing, though the browser sends the password along', async (_, headers) => {
    const id = await bury(stage.queues, 'collect', 'key', 'Gone.');
    const refused = await stage.post(`/jobs/${id}/retry`, { ...headers, authorization });
    expect(refused.status).toBe(403);
    expect(await stateOf(stage.queues, id)).toBe('dead');
  });

  test('the page’s own forms do change it', async () => {
    const id = await bury(stage.queues, 'collect', 'key', 'Gone.');
    const own = {
      authorization,
      origin: stage.url,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    };
    expect((await stage.post(`/jobs/${id}/retry`, own)).status).toBe(303);
    expect(await stateOf(stage.queues, id)).toBe('waiting');
  });

  test('a link from elsewhere may be followed; a script elsewhere may not read', async () => {
    const followed = {
      authorization,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    // `fetch` sets these headers itself.
    expect(await statusOf('/', followed)).toBe(200);
    const read = { ...followed, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    expect(await statusOf('/', read)).toBe(403);
    const framed = { ...followed, 'sec-fetch-dest': 'iframe' };
    expect(await statusOf('/', framed)).toBe(403);
    // As a form on another site is sent.
    expect(await statusOf('/queue/collect/pause', followed, 'POST')).toBe(403);
    expect(await stage.queues.paused('collect')).toBe(false);
  });

  test('nothing may frame it, run in it or be loaded into it from elsewhere', async () => {
    const { headers } = await stage.get('/', { authorization });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('without a token', () => {
  beforeEach(async () => {
    stage = await openStage();
  });

  test('it answers to this machine’s own names only, so that no foreign name can point here', async () => {
    const { port } = new URL(stage.url);
    expect(await statusOf('/', { host: `localhost:${port}` })).toBe(200);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:1`]) {
      expect([host, await statusOf('/', { host })]).toEqual([host, 403]);
    }
  });
});

/** For headers that `fetch` does not let anybody set. */
async function statusOf(
  path: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const asked = request(`${stage.url}${path}`, { headers, method }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  asked.once('error', reject).end();
  return await promise;
}
