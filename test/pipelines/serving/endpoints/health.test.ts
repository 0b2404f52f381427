import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openEndpoints } from '../../../../pipelines/serving/endpoints/open.ts';
import type { EndpointSettings, Endpoints } from '../../../../pipelines/serving/endpoints/port.ts';
import { startWebServer, status, type WebServer } from '../../../servers/web.ts';
import { down, failure, settings } from './fixtures.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

const everyMs = 5_000;
let servers: WebServer[];
let clock: ManualClock;
let endpoints: Endpoints;
beforeEach(async () => {
  servers = await Promise.all([startWebServer(), startWebServer()]);
  for (const server of servers) server.set('/health', 'ok');
  clock = manualClock();
});
afterEach(async () => {
  await endpoints.close();
  await Promise.all(servers.map((server) => server.close()));
});

function open(count: number, changes: Partial<EndpointSettings> = {}) {
  endpoints = openEndpoints(
    servers.slice(0, count).map(({ url }) => ({ url, token: 'hf_secret' })),
    { ...settings, attempts: 1, healthPath: '/health', ...changes },
    clock,
  );
}
const looks = (at: number) => servers[at]?.requests.length ?? 0;
/** One look at all places, from the timer to what it finds. */
async function look() {
  const before = looks(0);
  await clock.advance(everyMs);
  await vi.waitFor(() => {
    expect(looks(0)).toBeGreaterThan(before);
    // Not the limit of this look but the next one: this one has ended.
    expect(clock.nextInMs()).toBe(everyMs);
  });
}

test('one endpoint that is well is not looked at', async () => {
  open(1);
  expect(await endpoints.call({}, async () => 'well')).toBe('well');
  expect(clock.pending()).toBe(0);
});

test('of several, one that says twice that it is not well is avoided until it says otherwise', async () => {
  open(2);
  await look();
  servers[1]?.set('/health', status(503));
  await look();
  expect(endpoints.states().map(({ healthy }) => healthy)).toEqual([true, true]);
  await look();
  expect(endpoints.states().map(({ healthy }) => healthy)).toEqual([true, false]);
  const asked = await Promise.all(
    ['a', 'b'].map((affinity) =>
      endpoints.call({ affinity }, async ({ endpoint }) => endpoint.url),
    ),
  );
  expect(asked).toEqual([servers[0]?.url, servers[0]?.url]);

  servers[1]?.set('/health', 'ok');
  await look();
  expect(endpoints.states().map(({ healthy }) => healthy)).toEqual([true, true]);
  expect(servers[0]?.requests[0]?.headers.authorization).toBe('Bearer hf_secret');
});

test('one that is alone is looked at while its breaker is open, and tried as soon as it is back', async () => {
  // Without chance in its backoff the breaker is open for 30 s after the eighth trial that failed.
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  open(1);
  servers[0]?.set('/health', status(503));
  for (let at = 0; at < 5; at += 1) {
    await failure(endpoints.call({}, () => Promise.reject(down())));
  }
  for (let at = 0; at < 8; at += 1) {
    await clock.advance(30_000);
    expect(endpoints.states()[0]?.breaker).toBe('half-open');
    await failure(endpoints.call({}, () => Promise.reject(down())));
  }
  await vi.waitFor(() => expect(clock.nextInMs()).toBe(everyMs));
  servers[0]?.set('/health', 'ok');
  expect(endpoints.states()[0]?.breaker).toBe('open');
  await look();
  expect(endpoints.states()[0]?.breaker).toBe('half-open');
  expect(await endpoints.call({}, async () => 'well')).toBe('well');
  expect(endpoints.states()[0]).toMatchObject({ breaker: 'closed', healthy: true });
  expect(clock.pending()).toBe(0);
  random.mockRestore();
});

test('a server that does not answer the look in time is not well', async () => {
  open(2);
  servers[1]?.set('/health', () => {});
  for (let at = 0; at < 2; at += 1) {
    const before = looks(1);
    await clock.advance(everyMs);
    await vi.waitFor(() => expect(looks(1)).toBe(before + 1));
    await clock.advance(4_000);
    await vi.waitFor(() => expect(clock.nextInMs()).toBe(everyMs));
  }
  expect(endpoints.states().map(({ healthy }) => healthy)).toEqual([true, false]);
});

test('closing ends the looking', async () => {
  open(2);
  await endpoints.close();
  expect(clock.pending()).toBe(0);
});
