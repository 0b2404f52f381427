import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Readiness } from '../../../pipelines/processes/health/readiness.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import { hasMongo } from '../../servers/ferretdb/server.ts';
import { hasRedis } from '../../servers/redis/server.ts';
import { draft } from '../feature/documents.ts';
import { type Deployment, deploy } from './deployment.ts';

const indexedPut = 'understudy_documents_indexed_total{outcome="put"}';
const eventually = (holds: () => Promise<void>) =>
  vi.waitFor(holds, { timeout: 60_000, interval: 100 });

describe.skipIf(!hasMongo || !hasRedis)('processes on servers', { timeout: 150_000 }, () => {
  let place: Deployment;
  beforeEach(async () => {
    place = await deploy();
  });
  afterEach(async () => {
    await place.close();
  });

  const idOf = (n: number) => documentId(draft(`d${n}`, '').link);
  const write = async (from: number, to: number, word: string) => {
    const upsert = async (n: number) => {
      const author = { id: `author-${n % 4}`, name: `Author ${n % 4}` };
      const text = `The ${word} text, number ${n}.`;
      await place.stores.warehouse.upsert({ ...draft(`d${n}`, text), author });
    };
    for (let n = from; n < to; n += 10) {
      await Promise.all(Array.from({ length: Math.min(10, to - n) }, (_, i) => upsert(n + i)));
    }
  };
  const indexed = async () => {
    const [set] = await place.stores.features.sets();
    return set?.documents ?? 0;
  };

  /** Both stores, compared to the letter: every live document at its revision, and nothing else. */
  async function inStep(): Promise<void> {
    const { warehouse, features } = place.stores;
    const wanted: string[] = [];
    for await (const { id, revision, state } of warehouse.heads()) {
      if (state === 'live') wanted.push(`${id} ${revision}`);
    }
    const current = await features.current();
    expect(current).toBeDefined();
    const held: string[] = [];
    for await (const { documentId: id, revision } of features.revisions(current?.id ?? '')) {
      held.push(`${id} ${revision}`);
    }
    expect(held).toEqual(wanted);
  }

  test('share slices, and whatever is killed or wiped the features come to be the warehouse', async () => {
    await write(0, 120, 'first');
    const one = place.start('features');
    const other = place.start('features');
    await eventually(async () => {
      expect(await one.metric(indexedPut)).toBeGreaterThan(0);
      expect(await other.metric(indexedPut)).toBeGreaterThan(0);
    });
    // Whichever of them planned: what one was at is left half done.
    await one.kill();
    const before = await indexed();
    const redis = new Redis(place.redis.url);
    await redis.flushall();
    redis.disconnect();
    expect(before).toBeLessThan(120);
    await write(0, 12, 'second');
    await place.stores.warehouse.tombstone([idOf(40), idOf(41)]);
    await place.stores.warehouse.forget([idOf(50)]);
    const third = place.start('features');
    await eventually(inStep);
    expect(await other.stop()).toBe(0);
    expect(await third.stop()).toBe(0);
    await inStep();
  });

  test('make new writing searchable without a sweep being waited for or a job being asked for', async () => {
    await write(0, 3, 'first');
    const features = place.start('features');
    await eventually(inStep);
    await write(0, 1, 'second');
    await eventually(inStep);
    expect(await features.stop()).toBe(0);
  });

  test('are not ready while Redis is away, wait for it, and work on', async () => {
    await write(0, 3, 'first');
    const features = place.start('features');
    const url = await features.health();
    await eventually(inStep);
    const ready = async () => {
      const response = await fetch(`${url}/health/ready`);
      return { status: response.status, body: (await response.json()) as Readiness };
    };
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'ready' } });
    await place.redis.kill();
    await eventually(async () => {
      const { status, body } = await ready();
      expect(status).toBe(503);
      expect(body.checks).toContainEqual({ name: 'queues', ok: false });
      expect(body.checks).toContainEqual({ name: 'warehouse', ok: true });
    });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    await write(3, 6, 'while it is away');
    await place.redis.start();
    await eventually(async () => expect((await ready()).status).toBe(200));
    await eventually(inStep);
    expect(await features.stop()).toBe(0);
  });

  test('drain: what runs goes back in line as if it had not been started, and another goes on', async () => {
    await write(0, 100, 'first');
    const first = place.start('features');
    await eventually(async () => expect(await indexed()).toBeGreaterThan(5));
    expect(await first.stop()).toBe(0);
    expect(first.log()).toContain('stopping');
    expect(await indexed()).toBeLessThan(100);
    const waiting = await place.queues.jobs({ queue: 'features', state: 'waiting' });
    const slices = waiting.filter(({ key }) => key.startsWith('documents:'));
    expect(slices.length).toBeGreaterThan(0);
    expect(slices.every(({ attempts }) => attempts === 0)).toBe(true);
    expect((await place.queues.counts('features')).running).toBe(0);
    const second = place.start('features');
    await eventually(inStep);
    expect(await second.stop()).toBe(0);
  });

  test('end with what to do about it when a server that is named does not answer at the start', async () => {
    await place.redis.kill();
    const features = place.start('features');
    expect(await features.ended).not.toBe(0);
    expect(features.log()).toContain('queues.unreachable');
    await place.redis.start();
  });
});
