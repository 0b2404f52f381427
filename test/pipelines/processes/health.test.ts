import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openMetrics, type ProcessMetrics } from '../../../pipelines/processes/health/metrics.ts';
import { readinessOf } from '../../../pipelines/processes/health/readiness.ts';
import { type Health, serveHealth } from '../../../pipelines/processes/health/server.ts';
import type { Queues } from '../../../pipelines/queues/port.ts';
import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import { TransientError } from '../../../pipelines/stores/errors.ts';
import { type EmbeddedStores, openEmbedded } from '../../../pipelines/stores/open.ts';

let home: string;
let stores: EmbeddedStores;
let queues: Queues;
let metrics: ProcessMetrics;
let stop: AbortController;
let health: Health | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy-health-'));
  stores = openEmbedded(home);
  queues = openSqliteQueues(stores.database);
  metrics = openMetrics(queues);
  stop = new AbortController();
  health = undefined;
});
afterEach(async () => {
  await health?.close();
  await queues.close();
  await stores.close();
  rmSync(home, { recursive: true, force: true });
});

type Parts = { features?: EmbeddedStores['features']; paused?: Queues['paused'] };
async function serve({ features = stores.features, paused = queues.paused }: Parts = {}) {
  const watched = { stores: { ...stores, features }, queues: { paused }, signal: stop.signal };
  health = await serveHealth(
    { host: '127.0.0.1', port: 0 },
    { ready: () => readinessOf(watched, 50), registry: metrics.registry },
  );
  return health.url;
}
const asked = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
};

describe('health', () => {
  test('is ready while stores and queues answer', async () => {
    const url = await serve();
    expect(await asked(`${url}/health/live`)).toEqual({ status: 200, body: { status: 'ok' } });
    expect(await asked(`${url}/health/ready`)).toEqual({
      status: 200,
      body: {
        status: 'ready',
        checks: [
          { name: 'warehouse', ok: true },
          { name: 'features', ok: true },
          { name: 'queues', ok: true },
        ],
      },
    });
  });

  test('says which store fails, and which never answers, in bounded time', async () => {
    const url = await serve({
      features: {
        ...stores.features,
        current: async () => {
          throw new TransientError('away', { code: 'test.away' });
        },
      },
      paused: () => new Promise(() => {}),
    });
    expect(await asked(`${url}/health/ready`)).toEqual({
      status: 503,
      body: {
        status: 'not-ready',
        checks: [
          { name: 'warehouse', ok: true },
          { name: 'features', ok: false },
          { name: 'queues', ok: false },
        ],
      },
    });
    expect((await asked(`${url}/health/live`)).status).toBe(200);
  });

  test('is not ready from the moment the process is to end, though all is well', async () => {
    const url = await serve();
    stop.abort();
    expect(await asked(`${url}/health/ready`)).toMatchObject({
      status: 503,
      body: { status: 'draining' },
    });
  });
});

describe('metrics', () => {
  test('count jobs by outcome and tell how long they waited and ran', async () => {
    const url = await serve();
    metrics.seen({ queue: 'features', outcome: 'done', waitMs: 40, runMs: 700 });
    metrics.seen({ queue: 'features', outcome: 'retry', waitMs: 0, runMs: 10 });
    metrics.indexed('put');
    metrics.collected('created');
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('understudy_jobs_total{queue="features",outcome="done"} 1');
    expect(text).toContain('understudy_jobs_total{queue="features",outcome="retry"} 1');
    expect(text).toContain('understudy_job_wait_seconds_bucket{le="0.05",queue="features"} 2');
    expect(text).toContain('understudy_job_wait_seconds_bucket{le="0.01",queue="features"} 1');
    expect(text).toContain('understudy_job_run_seconds_sum{queue="features",outcome="done"} 0.7');
    expect(text).toContain('understudy_documents_indexed_total{outcome="put"} 1');
    expect(text).toContain('understudy_items_collected_total{outcome="created"} 1');
  });

  test('tell depth, age and dead letters of each queue as they are when somebody looks', async () => {
    const url = await serve();
    await queues.enqueue('features', 'a', {});
    await queues.enqueue('features', 'b', {});
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('understudy_queue_jobs{queue="features",state="waiting"} 2');
    expect(text).toContain('understudy_queue_jobs{queue="features",state="dead"} 0');
    expect(text).toMatch(/understudy_queue_oldest_seconds\{queue="features"\} 0\.\d+/);
    expect(text).toContain('understudy_queue_oldest_seconds{queue="collect"} 0');
  });

  test('are told without the queues while these do not answer', async () => {
    const away = async () => {
      throw new TransientError('away', { code: 'test.away' });
    };
    metrics = openMetrics({ counts: away, oldestDue: away });
    metrics.indexed('failed');
    const response = await fetch(`${await serve()}/metrics`);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('understudy_documents_indexed_total{outcome="failed"} 1');
    expect(text).not.toContain('understudy_queue_jobs{');
  });
});
