import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Playground, startPlayground } from '../../../bots/web/server.ts';
import { openTestTwin, type TestTwin } from '../twin.ts';

let twin: TestTwin;
let playground: Playground;

beforeAll(async () => {
  twin = await openTestTwin([
    { title: 'Ports', content: 'The playground listens on port 4000 and nowhere else.' },
  ]);
  playground = await startPlayground(twin, { port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await playground.close();
  await twin.close();
});

type Answer = { status: number; headers: Record<string, unknown>; body: string };

/** Node's own client, since `fetch` does not let a test choose `Host`. */
function send(
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, playground.url), { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    outgoing.on('error', reject).end(body);
  });
}

const json = { 'content-type': 'application/json' };
const question = () =>
  JSON.stringify({
    question: 'Which port?',
    thread: crypto.randomUUID(),
    event: crypto.randomUUID(),
  });

describe('the playground’s doors', () => {
  test('serves its page under a strict policy, without anything inline', async () => {
    const { status, headers, body } = await send('/');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(body).not.toMatch(/<style|style=|onclick|https?:\/\/(?!example\.org)/u);
  });

  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1.evil.example',
    'localhost:1',
  ])('refuses the foreign host %s (DNS rebinding)', async (host) =>
    expect((await send('/', { headers: { host } })).status).toBe(403),
  );

  test('answers to localhost with the right port', async () => {
    const host = new URL(playground.url).host.replace('127.0.0.1', 'localhost');
    expect((await send('/', { headers: { host } })).status).toBe(200);
  });

  test.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuses a post from another page: %j', async (headers) => {
    const { traces: asked } = await twin.traces.counts();
    const answer = await send('/ask', {
      method: 'POST',
      headers: { ...json, ...headers } as Record<string, string>,
      body: question(),
    });
    expect(answer.status).toBe(403);
    expect((await twin.traces.counts()).traces).toBe(asked);
  });

  test('a link followed from elsewhere opens the page and nothing else', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await send('/', { headers })).status).toBe(200);
    expect((await send('/status', { headers })).status).toBe(403);
  });

  test('takes JSON only, and not much of it', async () => {
    const plain = { 'content-type': 'text/plain' };
    expect((await send('/ask', { method: 'POST', headers: plain, body: question() })).status).toBe(
      415,
    );
    const large = JSON.stringify({ question: 'x'.repeat(40_000) });
    expect((await send('/ask', { method: 'POST', headers: json, body: large })).status).toBe(413);
    expect(
      (await send('/ask', { method: 'POST', headers: json, body: '{"question":' })).status,
    ).toBe(400);
    expect(
      (await send('/ask', { method: 'POST', headers: json, body: '{"question":""}' })).status,
    ).toBe(400);
  });

  test('knows no other path', async () => {
    for (const path of ['/..%2fserver.ts', '/../server.ts', '/server.ts', '/documents/x']) {
      expect((await send(path)).status).toBe(404);
    }
  });
});

describe('asking over HTTP', () => {
  test('streams the events, the same event once', async () => {
    const body = question();
    const first = await send('/ask', { method: 'POST', headers: json, body });
    expect(first.headers['content-type']).toContain('text/event-stream');
    expect(first.body).toContain('"type":"sources"');
    expect(first.body).toContain('"type":"done"');
    expect((await send('/ask', { method: 'POST', headers: json, body })).body).not.toContain(
      '"type"',
    );
  });

  test('takes feedback for an answer it gave, and only for that', async () => {
    await send('/ask', { method: 'POST', headers: json, body: question() });
    const trace = (await twin.traces.traces({ limit: 1 }))[0]?.id;
    const give = (body: unknown) =>
      send('/feedback', { method: 'POST', headers: json, body: JSON.stringify(body) });
    expect((await give({ trace, value: 'down', reason: ' too short ' })).status).toBe(204);
    expect((await twin.traces.recentFeedback(1))[0]).toMatchObject({
      trace,
      value: 'down',
      reason: 'too short',
      giver: expect.stringMatching(/^[0-9a-f]{32}$/u),
    });
    expect((await give({ trace: crypto.randomUUID(), value: 'up' })).status).toBe(404);
    expect((await give({ trace, value: 'sideways' })).status).toBe(400);
  });

  test('closing ends streams that would never end by themselves', async () => {
    const other = await startPlayground(twin, { port: 0, host: '127.0.0.1' });
    const response = await fetch(`${other.url}/status`);
    const reading = response.text().catch(() => 'cut');
    const began = performance.now();
    await other.close();
    await reading;
    expect(performance.now() - began).toBeLessThan(2_500);
  });
});
