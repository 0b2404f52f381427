import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { collectHandler } from '../../../pipelines/collection/jobs.ts';
import { createFetcher } from '../../../pipelines/collection/web/fetch.ts';
import { openHostLimits } from '../../../pipelines/queues/open.ts';
import type { Job, Queues } from '../../../pipelines/queues/port.ts';
import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import { type EmbeddedStores, openEmbedded } from '../../../pipelines/stores/open.ts';
import { articlePage, startWebServer, status, type WebServer } from '../../servers/web.ts';

let home: string;
let web: WebServer;
let stores: EmbeddedStores;
let queues: Queues;
let stop: AbortController;
let working: Promise<void>[];
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'understudy-collecting-'));
  web = await startWebServer();
  stores = openEmbedded(home);
  queues = openSqliteQueues(stores.database, { pollMs: 10 });
  stop = new AbortController();
  working = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(working);
  await queues.close();
  await stores.close();
  await web.close();
  rmSync(home, { recursive: true, force: true });
});

const origin = (link: string) => ({
  link,
  crawler: 'web',
  addedAt: '2026-01-01T00:00:00.000Z',
  lastCollectedAt: null,
  lastOutcome: {},
});

/** A process that collects, as it is deployed. */
async function collector() {
  const turns = await openHostLimits({ redis: null, database: stores.database });
  const handler = collectHandler({
    warehouse: stores.warehouse,
    queues,
    fetcher: createFetcher({ allowPrivate: ['127.0.0.1'], intervalMs: 1, turns }),
  });
  working.push(queues.work('collect', handler, { concurrency: 4, signal: stop.signal }));
}
const eventually = (holds: () => Promise<void>) =>
  vi.waitFor(holds, { timeout: 20_000, interval: 20 });
const keysOf = (jobs: readonly Job[]) => jobs.map(({ key }) => key).sort();
const round = () => queues.enqueue('collect', 'round', { spreadMs: 0 });

describe('a round', () => {
  const addresses = ['/a', '/b', '/c'];
  beforeEach(async () => {
    for (const path of addresses) {
      web.set(path, articlePage(`Page ${path}`, '<p>Something was written here.</p>'));
      await stores.warehouse.putOrigin(origin(`${web.url}${path}`));
    }
  });
  const pages = () => web.requests.filter(({ path }) => addresses.includes(path));

  test('collects every origin once, whoever asks how often, and then the features', async () => {
    await round();
    await round();
    await collector();
    await collector();
    await eventually(async () => {
      const { waiting, running } = await queues.counts('collect');
      expect(waiting + running).toBe(0);
      expect(pages()).toHaveLength(3);
    });
    expect((await stores.warehouse.facets()).documents).toBe(3);
    const [parent] = await queues.jobs({ queue: 'features', state: 'waiting' });
    expect(parent).toMatchObject({ key: 'collected', waitsFor: 0 });
    expect(keysOf(await queues.jobs({ queue: 'features' }))).toEqual(['collected', 'sync']);
  });

  test('takes turns by host', async () => {
    await stores.warehouse.putOrigin(origin('https://elsewhere.example/feed.xml'));
    await round();
    const jobs: Job[] = [];
    const handler = collectHandler({
      warehouse: stores.warehouse,
      queues,
      fetcher: createFetcher(),
    });
    working.push(
      queues.work(
        'collect',
        async (payload, context) => {
          if (context.job.key === 'round') await handler(payload, context);
          else jobs.push(context.job);
        },
        { signal: stop.signal },
      ),
    );
    await eventually(async () => expect(jobs).toHaveLength(4));
    expect(new Set(jobs.map(({ group }) => group))).toEqual(
      new Set([web.host, 'elsewhere.example']),
    );
    // One host has three pages in line; the other's only one is among the first two all the same.
    expect(jobs.slice(0, 2).map(({ group }) => group)).toContain('elsewhere.example');
  });

  test('is not held up by an origin that is still in line from the last one', async () => {
    const slow = `${web.url}/a`;
    await round();
    const handler = collectHandler({
      warehouse: stores.warehouse,
      queues,
      fetcher: createFetcher({ allowPrivate: ['127.0.0.1'], intervalMs: 1 }),
    });
    const gate = Promise.withResolvers<void>();
    stop.signal.addEventListener('abort', () => gate.resolve());
    working.push(
      queues.work(
        'collect',
        async (payload, context) => {
          if (context.job.key === slow) await gate.promise;
          await handler(payload, context);
        },
        { concurrency: 4, signal: stop.signal },
      ),
    );
    await eventually(async () => expect(pages()).toHaveLength(2));
    await eventually(async () => expect((await queues.counts('collect')).running).toBe(1));
    await round();
    await eventually(async () => expect(pages()).toHaveLength(4));
    expect(pages().map(({ path }) => path)).not.toContain('/a');
  });

  test('spreads its origins over the time it is given, each at the same moment every time', async () => {
    await queues.enqueue('collect', 'round', { spreadMs: 3_600_000 });
    await collector();
    const later = async () =>
      (await queues.jobs({ queue: 'collect', state: 'waiting' })).map(
        ({ key, runAt, createdAt }) => ({
          key,
          delayMs: Date.parse(runAt) - Date.parse(createdAt),
        }),
      );
    await eventually(async () => expect(await later()).toHaveLength(3));
    const delays = (await later()).map(({ delayMs }) => delayMs);
    expect(new Set(delays).size).toBe(3);
    for (const delayMs of delays) {
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThan(3_600_000);
    }
  });
});

describe('a link', () => {
  test('that brought nothing new has nothing indexed', async () => {
    web.set('/a', articlePage('Page', '<p>Something was written here.</p>'));
    const link = `${web.url}/a`;
    await collector();
    const once = async () => {
      const { job } = await queues.enqueue('collect', link, { link });
      await eventually(async () => expect((await queues.job(job.id))?.state).toBe('done'));
    };
    await once();
    const [sync] = await queues.jobs({ queue: 'features', state: 'waiting' });
    expect(sync?.key).toBe('sync');
    await queues.cancel(sync?.id ?? '');
    await once();
    expect(await queues.jobs({ queue: 'features', state: 'waiting' })).toEqual([]);
  });

  test('of a host that asks for patience goes back in line for as long, and the start does not count', async () => {
    web.set('/busy', status(503, { 'retry-after': '120' }));
    const link = `${web.url}/busy`;
    const { job } = await queues.enqueue('collect', link, { link });
    await collector();
    await eventually(async () => {
      const seen = await queues.job(job.id);
      expect(seen).toMatchObject({ state: 'waiting', attempts: 0 });
      expect(Date.parse(seen?.runAt ?? '')).toBeGreaterThan(Date.now() + 60_000);
      expect(seen?.reason).toContain('left alone');
    });
    expect(web.requests.filter(({ path }) => path === '/busy')).toHaveLength(1);
  });
});

describe('the pace at a host', () => {
  test('is one for all processes: what one was asked to leave alone, another leaves alone', async () => {
    web.set('/busy', status(503, { 'retry-after': '120' }));
    web.set('/other', articlePage('Other', '<p>Text.</p>'));
    const turns = await openHostLimits({ redis: null, database: stores.database });
    const fetcher = () => createFetcher({ allowPrivate: ['127.0.0.1'], intervalMs: 1, turns });
    const { signal } = stop;
    await expect(fetcher().fetch(`${web.url}/busy`, { signal })).rejects.toMatchObject({
      code: 'fetch.retry-later',
    });
    const refused = await fetcher()
      .fetch(`${web.url}/other`, { signal })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'fetch.retry-later' });
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(60_000);
    expect(web.requests.map(({ path }) => path)).not.toContain('/other');
  });

  test('is each process’s own while turns cannot be had', async () => {
    web.set('/other', articlePage('Other', '<p>Text.</p>'));
    const away = async () => {
      throw new Error('no Redis');
    };
    const turns = { ask: away, holdOff: away };
    const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'], intervalMs: 1, turns });
    const { signal } = stop;
    expect((await fetcher.fetch(`${web.url}/other`, { signal })).status).toBe(200);
  });
});
