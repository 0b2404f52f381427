import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openRedisQueues } from '../../../pipelines/queues/redis/adapter.ts';
import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import { testTiming } from '../../pipelines/queues/timing.ts';
import { temporaryHome } from '../../pipelines/stores/temporary.ts';
import { freePort } from '../../servers/child.ts';
import { hasMongo, startFerret } from '../../servers/ferretdb/server.ts';
import { hasRedis, type RedisServer, startRedis } from '../../servers/redis/server.ts';
import { type OperatorProcess, startOperatorProcess } from './operator-process.ts';
import { bury } from './stage.ts';

/** One of our own, that may be killed: the server that MONGODB_URL names may not. */
const hasFerret = hasMongo && !process.env['MONGODB_URL'];

let home: ReturnType<typeof temporaryHome>;
const started: OperatorProcess[] = [];
beforeEach(() => {
  home = temporaryHome();
});
afterEach(async () => {
  for (const { child } of started) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map(({ ended }) => ended));
  home.close();
});

function start(variables: Readonly<Record<string, string>> = {}): OperatorProcess {
  const process = startOperatorProcess(home.home, variables);
  started.push(process);
  return process;
}

const page = async (url: string, path = '/') => await (await fetch(url + path)).text();
const ready = async (url: string) => {
  const response = await fetch(`${url}/health/ready`);
  return { status: response.status, body: await response.json() };
};
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 25_000, interval: 200 });

const whole = { status: 200, body: { status: 'ready' } };
const withoutQueues = {
  status: 503,
  body: {
    status: 'not-ready',
    checks: [
      { name: 'warehouse', ok: true },
      { name: 'features', ok: true },
      { name: 'queues', ok: false },
    ],
  },
};

describe('the operator’s process', () => {
  test('serves the embedded queues, tells their age by the name autoscalers know, and drains', async () => {
    const queues = openSqliteQueues(home.open(), testTiming);
    await bury(queues, 'collect', 'https://ada.example/gone', 'Gone (410).');
    await queues.enqueue('features', 'sync', {});
    const { child, url: serving, ended, log } = start();
    const url = await serving;
    expect(await page(url)).toContain('Gone (410).');
    expect(await ready(url)).toMatchObject(whole);
    const metrics = await page(url, '/metrics');
    const oldest = /^understudy_queue_oldest_seconds\{queue="features"\} (\S+)$/mu.exec(metrics);
    expect(Number(oldest?.[1])).toBeGreaterThan(0);
    expect(metrics).toContain('understudy_queue_jobs{queue="collect",state="dead"} 1');
    await until(async () => {
      expect(await page(url, '/metrics')).toContain('understudy_documents_behind 0');
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(log()).toContain('"stopped"');
    await queues.close();
  });

  test('is no worse for being killed: what it shows is kept by others', async () => {
    const queues = openSqliteQueues(home.open(), testTiming);
    const id = await bury(queues, 'collect', 'https://ada.example/gone', 'Gone (410).');
    for (let time = 0; time < 3; time++) {
      const { child, url, ended } = start();
      expect(await page(await url)).toContain('Gone (410).');
      child.kill('SIGKILL');
      expect(await ended).toBeNull();
    }
    expect(await queues.job(id)).toMatchObject({ state: 'dead', attempts: 1 });
    await queues.close();
  });

  test('refuses to be open to others without a token, and says what to do', async () => {
    const { ended, log } = start({ OPERATOR_HOST: '0.0.0.0' });
    expect(await ended).toBe(2);
    expect(log()).toContain('OPERATOR_TOKEN');
    expect(log()).toContain('openssl rand -hex 32');
  });

  test('opens to the token only, and never writes it to its log', async () => {
    const token = 'a-token-of-some-length';
    const { url: serving, log, child, ended } = start({ OPERATOR_TOKEN: token });
    const url = await serving;
    expect((await fetch(url)).status).toBe(401);
    const wrong = await fetch(url, { headers: { authorization: 'Bearer a-token-of-some-lengtg' } });
    expect(wrong.status).toBe(401);
    const right = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect(right.status).toBe(200);
    child.kill('SIGTERM');
    await ended;
    expect(log()).not.toContain(token);
  });

  test('starts without MongoDB, and says on the page what is away', async () => {
    const MONGODB_URL = `mongodb://user:hidden@127.0.0.1:${await freePort()}/understudy`;
    const { url: serving, log } = start({ MONGODB_URL });
    const url = await serving;
    const shown = await page(url);
    expect(shown).toContain('mongo.unreachable');
    expect(shown).not.toContain('hidden');
    expect(await ready(url)).toMatchObject({
      status: 503,
      body: {
        checks: [
          { name: 'warehouse', ok: false, code: 'mongo.unreachable' },
          { name: 'features', ok: false },
          { name: 'queues', ok: true },
        ],
      },
    });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(log()).not.toContain('hidden');
  });
});

describe.skipIf(!hasFerret)('the operator’s process with MongoDB', () => {
  test('lives while it is away later, says so, and shows it when it is back', async () => {
    const mongo = await startFerret();
    const { url: serving, child, ended } = start({ MONGODB_URL: mongo.url });
    try {
      const url = await serving;
      expect(await ready(url)).toMatchObject(whole);
      await mongo.kill();
      expect(await ready(url)).toMatchObject({
        status: 503,
        body: { checks: [{ name: 'warehouse', ok: false }, { ok: true }, { ok: true }] },
      });
      const shown = await page(url);
      expect(shown).toContain('mongo.unreachable');
      expect(shown).toContain('✓ Feature store');
      await mongo.start();
      await until(async () => expect(await ready(url)).toMatchObject(whole));
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      await mongo.stop();
    }
  });
});

describe.skipIf(!hasRedis)('the operator’s process with Redis', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.stop());

  test('lives without it at the start and later, says so, and shows it when it is back', async () => {
    const queues = await openRedisQueues({ url: redis.url, timing: testTiming });
    await bury(queues, 'collect', 'https://ada.example/gone', 'Gone (410).');
    await queues.close();
    await redis.kill();

    const { url: serving, child, ended } = start({ REDIS_URL: redis.url });
    const url = await serving;
    expect(await ready(url)).toMatchObject(withoutQueues);
    expect(await page(url)).toContain('Redis did not answer');
    expect(await page(url)).toContain('✓ Warehouse');
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/queues`)).status).toBe(503);
    expect((await fetch(`${url}/queue/collect/pause`, { method: 'POST' })).status).toBe(503);

    await redis.start();
    await until(async () => expect(await ready(url)).toMatchObject(whole));
    expect(await page(url)).toContain('Gone (410).');
    await until(async () => expect(await page(url, '/queues/api/queues')).toContain('"failed":1'));

    await redis.kill();
    expect(await ready(url)).toMatchObject(withoutQueues);
    expect(await page(url)).toContain('Redis did not answer');
    expect((await fetch(`${url}/queues/api/queues`)).ok).toBe(false);

    await redis.start();
    await until(async () => expect(await ready(url)).toMatchObject(whole));
    await until(async () => expect(await page(url, '/queues/api/queues')).toContain('"failed":1'));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('answers while Redis hangs, and ends when it is asked to', async () => {
    const { url: serving, child, ended } = start({ REDIS_URL: redis.url });
    const url = await serving;
    expect(await ready(url)).toMatchObject(whole);
    redis.freeze();
    try {
      expect(await ready(url)).toMatchObject(withoutQueues);
      expect(await page(url)).toContain('✓ Warehouse');
      const metrics = await page(url, '/metrics');
      expect(metrics).toContain('understudy_up{part="queues"} 0');
      expect(metrics).not.toMatch(/^understudy_queue_oldest_seconds\{/mu);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      redis.thaw();
    }
  });

  test('lets bull-board look, and change nothing', async () => {
    const queues = await openRedisQueues({ url: redis.url, timing: testTiming });
    const id = await bury(queues, 'collect', 'https://ada.example/gone', 'Gone (410).');
    const { url: serving } = start({ REDIS_URL: redis.url });
    const url = await serving;
    const board = `${url}/queues/api/queues`;
    const seen: unknown = await (
      await fetch(`${board}?activeQueue=collect&status=failed&page=1&jobsPerPage=10`)
    ).json();
    expect(seen).toMatchObject({
      queues: expect.arrayContaining([
        expect.objectContaining({ name: 'collect', readOnlyMode: true }),
      ]),
    });
    expect(JSON.stringify(seen)).toContain('Gone (410).');
    const changes = [
      `collect/${id}/retry`,
      `collect/${id}/clean`,
      'collect/retry/failed',
      'collect/clean/failed',
      'collect/pause',
      'collect/obliterate',
      'pause',
    ];
    for (const path of changes) {
      const refused = await fetch(`${board}/${path}`, { method: 'PUT' });
      expect([path, refused.status]).toEqual([path, 405]);
    }
    expect((await fetch(`${board}/collect/add`, { method: 'POST' })).status).toBe(405);
    expect(await queues.job(id)).toMatchObject({ state: 'dead' });
    expect(await queues.paused('collect')).toBe(false);
    await queues.close();
  });
});
