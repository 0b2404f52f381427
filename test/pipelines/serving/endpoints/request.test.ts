import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { openEndpoints } from '../../../../pipelines/serving/endpoints/open.ts';
import type { Attempt } from '../../../../pipelines/serving/endpoints/port.ts';
import { requestJson } from '../../../../pipelines/serving/endpoints/request.ts';
import { redirect, startWebServer, type WebServer } from '../../../servers/web.ts';
import { failure, settings } from './fixtures.ts';

let server: WebServer;
beforeAll(async () => {
  server = await startWebServer();
});
afterAll(() => server.close());

const schema = z.object({ max: z.number() });
const attempt = (changes: Partial<Attempt['endpoint']> = {}, signal?: AbortSignal): Attempt => ({
  endpoint: { url: server.url, ...changes },
  signal: signal ?? new AbortController().signal,
  alive: () => {},
});
const about = { schema, service: 'The embedding server', code: 'embed' };

test('gives the reply, of the shape that was asked for', async () => {
  server.set('/info', '{"max": 32, "more": true}', 'application/json');
  expect(await requestJson(attempt(), { path: '/info', ...about })).toEqual({ max: 32 });
});

test('sends the body as JSON, with the token as bearer, below the endpoint’s own path', async () => {
  let got = '';
  server.set('/base/embed', (request, response) => {
    request.on('data', (part) => (got += part));
    request.on('end', () => response.end('{"max": 1}'));
  });
  const at = attempt({ url: `${server.url}/base/`, token: 'hf_secret' });
  await requestJson(at, { path: '/embed', body: { inputs: ['é'] }, ...about });
  expect(JSON.parse(got)).toEqual({ inputs: ['é'] });
  const { headers } = server.requests.at(-1) as WebServer['requests'][number];
  expect(headers.authorization).toBe('Bearer hf_secret');
  expect(headers['content-type']).toBe('application/json');
});

test('a reply of another shape is a permanent failure that names the address and the field', async () => {
  server.set('/other', '{"max": "many"}', 'application/json');
  const error = await failure(requestJson(attempt(), { path: '/other', ...about }));
  expect(error).toMatchObject({ name: 'PermanentError', code: 'embed.misunderstood' });
  expect(error.message).toContain(`${server.url}/other`);
  expect(error.message).toContain('max');
  server.set('/page', '<html>hello</html>');
  const page = await failure(requestJson(attempt(), { path: '/page', ...about }));
  expect(page.message).toContain('it is not JSON');
});

test('a refusal is told by its class, with when to come back', async () => {
  server.set('/busy', (_request, response) => {
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '2' });
    response.end('{"error": "Model is overloaded", "error_type": "overloaded"}');
  });
  const error = await failure(requestJson(attempt(), { path: '/busy', ...about }));
  expect(error).toMatchObject({ code: 'embed.overloaded', retryAfterMs: 2_000 });
});

test('never follows a redirect, for the token is for this address alone', async () => {
  server.set('/moved', redirect(`${server.url}/info`, 307));
  const before = server.requests.length;
  const at = attempt({ token: 'hf_secret' });
  const error = await failure(requestJson(at, { path: '/moved', ...about }));
  expect(error).toMatchObject({ name: 'PermanentError', code: 'embed.refused' });
  expect(server.requests).toHaveLength(before + 1);
});

test('where nothing listens it is down, and the message says where and why, without the token', async () => {
  const gone = await startWebServer();
  await gone.close();
  const at = attempt({ url: gone.url, token: 'hf_secret' });
  const error = await failure(requestJson(at, { path: '/info', ...about }));
  expect(error).toMatchObject({ name: 'TransientError', code: 'embed.down' });
  expect(error.message).toBe(
    `The embedding server at ${gone.url}/info cannot be reached: nothing listens there.`,
  );
});

test('a connection that is cut before the reply is whole counts as down', async () => {
  server.set('/cut', (_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"max"');
    setImmediate(() => response.destroy());
  });
  const error = await failure(requestJson(attempt(), { path: '/cut', ...about }));
  expect(error).toMatchObject({ name: 'TransientError', code: 'embed.down' });
});

test('throws the signal’s reason when it is aborted', async () => {
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  server.set('/slow', () => resolve());
  const controller = new AbortController();
  const given = failure(requestJson(attempt({}, controller.signal), { path: '/slow', ...about }));
  await arrived;
  const reason = new Error('left');
  controller.abort(reason);
  expect(await given).toBe(reason);
});

test.each(['', 'localhost:8080', 'ftp://example.com', 'not a url'])(
  'what cannot be an address is refused before anything is sent: “%s”',
  (url) => {
    expect(() => openEndpoints([{ url }], settings)).toThrow(
      expect.objectContaining({ name: 'PermanentError', code: 'chat.bad-url' }),
    );
  },
);

test('an address with a password is refused, and the password not repeated', () => {
  const open = () => openEndpoints([{ url: 'http://ada:pa55word@example.com' }], settings);
  expect(open).toThrow(expect.objectContaining({ code: 'chat.bad-url' }));
  expect(open).not.toThrow('pa55word');
});
