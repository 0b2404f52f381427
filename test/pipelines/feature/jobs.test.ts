import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { countBehind } from '../../../pipelines/feature/behind.ts';
import { type FeatureJobs, featureHandler } from '../../../pipelines/feature/jobs.ts';
import { requestSync } from '../../../pipelines/feature/request-sync.ts';
import type { Queues } from '../../../pipelines/queues/port.ts';
import { openSqliteQueues } from '../../../pipelines/queues/sqlite.ts';
import { PermanentError, TransientError } from '../../../pipelines/stores/errors.ts';
import type { FeatureStore } from '../../../pipelines/stores/features/port.ts';
import { documentId } from '../../../pipelines/stores/identity.ts';
import { type EmbeddedStores, openEmbedded } from '../../../pipelines/stores/open.ts';
import { draft } from './documents.ts';

type Told = Parameters<NonNullable<FeatureJobs['told']>>[0];

let home: string;
let stores: EmbeddedStores;
let queues: Queues;
let stop: AbortController;
let working: Promise<void>[];
let told: Told[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'understudy-jobs-'));
  stores = openEmbedded(home);
  queues = openSqliteQueues(stores.database, { pollMs: 10, backoffMs: 10 });
  stop = new AbortController();
  working = [];
  told = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(working);
  await queues.close();
  await stores.close();
  rmSync(home, { recursive: true, force: true });
});

const write = async (count: number, { authors = 3, word = 'first' } = {}) => {
  for (let n = 0; n < count; n++) {
    const id = `author-${n % authors}`;
    const author = { id, name: `Author ${n % authors}` };
    await stores.warehouse.upsert({ ...draft(`d${n}`, `The ${word} text, number ${n}.`), author });
  }
};

/** Works the queue as a process does. */
function work(
  {
    features = stores.features,
    ...options
  }: Partial<FeatureJobs> & { features?: FeatureStore } = {},
  concurrency = 2,
) {
  const handler = featureHandler({
    pipeline: { ...stores, features, embedder: null },
    queues,
    told: (event) => told.push(event),
    alone: 10,
    wave: { documents: 4, slices: 100 },
    ...options,
  });
  working.push(queues.work('features', handler, { concurrency, signal: stop.signal }));
}

const of = <T extends Told['type']>(type: T) =>
  told.filter((event): event is Extract<Told, { type: T }> => event.type === type);
const settled = async () => {
  const { waiting, running } = await queues.counts('features');
  expect(waiting + running).toBe(0);
};
const eventually = (holds: () => Promise<void>) =>
  vi.waitFor(holds, { timeout: 20_000, interval: 20 });
const inStep = () =>
  eventually(async () => {
    await settled();
    const current = await stores.features.current();
    expect(current).toBeDefined();
    expect(await countBehind(stores, current?.id ?? '')).toBe(0);
  });
const jobsOf = async (shape: RegExp) =>
  (await queues.jobs({ queue: 'features' })).filter(({ key }) => shape.test(key));

describe('a run with little to do', () => {
  test('does it at once', async () => {
    await write(10);
    work();
    await requestSync(queues, stop.signal);
    await inStep();
    expect((await queues.jobs({ queue: 'features' })).map(({ key }) => key)).toEqual(['sync']);
    expect((await stores.features.current())?.documents).toBe(10);
  });
});

describe('a run with much to do', () => {
  test('cuts it into slices of one author each, which make the set that is then switched to', async () => {
    await write(30);
    work();
    await requestSync(queues, stop.signal);
    await inStep();
    const slices = await jobsOf(/^documents:/);
    expect(of('wave')).toMatchObject([{ slices: slices.length, documents: 30 }]);
    expect(slices.length).toBeGreaterThanOrEqual(9);
    const authors = new Map<string, Set<string | null>>();
    for await (const { id, author } of stores.warehouse.documents()) {
      authors.set(id, new Set([author.id]));
    }
    for (const { payload, group } of slices) {
      const { documents } = payload['slice'] as { documents: [string][] };
      expect(documents.length).toBeLessThanOrEqual(4);
      for (const [id] of documents) authors.get(id)?.add(group);
    }
    // Each document was in slices of its own author alone.
    expect([...authors.values()].every((names) => names.size === 1)).toBe(true);
    expect((await stores.features.current())?.documents).toBe(30);
    expect(of('switched')).toHaveLength(1);
    expect(of('document').filter(({ outcome }) => outcome === 'put')).toHaveLength(30);
  });

  test('takes as many waves as it needs, each of bounded size', async () => {
    await write(60, { authors: 1 });
    work({ wave: { documents: 4, slices: 5 } });
    await requestSync(queues, stop.signal);
    await inStep();
    const waves = of('wave');
    expect(waves.length).toBeGreaterThanOrEqual(2);
    for (const { slices } of waves) expect(slices).toBeLessThanOrEqual(5);
    expect((await stores.features.current())?.documents).toBe(60);
  });

  test('removes what vanished and was forgotten, too', async () => {
    await write(40);
    work();
    await requestSync(queues, stop.signal);
    await inStep();
    const ids = Array.from({ length: 40 }, (_, n) => documentId(draft(`d${n}`, '').link));
    await stores.warehouse.tombstone(ids.slice(0, 15));
    await stores.warehouse.forget(ids.slice(15, 30));
    await requestSync(queues, stop.signal);
    await inStep();
    expect((await stores.features.current())?.documents).toBe(10);
  });

  test('leaves what is in open slices to those who are at it, and does small news meanwhile', async () => {
    await write(40, { authors: 1 });
    const gate = Promise.withResolvers<void>();
    stop.signal.addEventListener('abort', () => gate.resolve());
    let held = 0;
    const features: FeatureStore = {
      ...stores.features,
      putDocument: async (set, made) => {
        if (made.documentId !== documentId(draft('news', '').link)) {
          held++;
          await gate.promise;
        }
        await stores.features.putDocument(set, made);
      },
    };
    work({ features });
    await requestSync(queues, stop.signal);
    await eventually(async () => expect(held).toBeGreaterThan(0));
    await stores.warehouse.upsert(draft('news', 'Something new meanwhile.'));
    await requestSync(queues, stop.signal);
    work({ features });
    await eventually(async () =>
      expect(of('document').map(({ title }) => title)).toEqual(['About news']),
    );
    expect(of('wave')).toHaveLength(1);
    // A set that others are still at is not judged.
    expect(await stores.features.current()).toBeUndefined();
    gate.resolve();
    await inStep();
    expect((await stores.features.current())?.documents).toBe(41);
  });
});

describe('a slice', () => {
  /** All slices of a first run that nobody has worked yet. */
  async function planned() {
    await write(12, { authors: 1 });
    const once = new AbortController();
    const handler = featureHandler({
      pipeline: { ...stores, embedder: null },
      queues,
      alone: 5,
      wave: { documents: 6, slices: 9 },
    });
    const context = { signal: once.signal, progress: async () => {} };
    const { job } = await queues.enqueue('features', 'sync', {});
    await handler({}, { ...context, job });
    await queues.cancel(job.id);
    const slices = await jobsOf(/^documents:/);
    expect(slices).toHaveLength(2);
    const run = async (index: number) => {
      const slice = slices[index];
      if (slice) await handler(slice.payload, { ...context, job: slice });
    };
    const [set] = await stores.features.sets();
    return { run, set: set?.id ?? '', handler };
  }

  test('that runs twice changes nothing', async () => {
    const { run, set } = await planned();
    await run(0);
    const before = await stores.features.sets();
    await run(0);
    expect(await stores.features.sets()).toEqual(before);
    await run(1);
    expect(await countBehind(stores, set)).toBe(0);
  });

  test('that comes late makes the newest revision, and removes what is gone by then', async () => {
    const { run, set } = await planned();
    await write(12, { authors: 1, word: 'second' });
    await stores.warehouse.tombstone([documentId(draft('d3', '').link)]);
    await run(0);
    await run(1);
    expect(await countBehind(stores, set)).toBe(0);
    const id = documentId(draft('d1', '').link);
    const [chunk] = await Array.fromAsync(stores.features.documentChunks(set, id));
    expect(chunk).toMatchObject({ revision: 2 });
    expect(chunk?.text).toContain('second');
  });

  test('of a set that is gone is no fault', async () => {
    const { run, set } = await planned();
    await stores.features.dropSet(set);
    await expect(run(0)).resolves.toBeUndefined();
    expect(await stores.features.sets()).toEqual([]);
  });

  test('planned again while it waits is the same job', async () => {
    await planned();
    const before = await jobsOf(/^(documents|round):/);
    const { job } = await queues.enqueue('features', 'sync', {});
    // As after a wiped queue that forgot the round alone.
    const round = before.find(({ key }) => key.startsWith('round:'));
    await queues.cancel(round?.id ?? '');
    const handler = featureHandler({
      pipeline: { ...stores, embedder: null },
      queues: { ...queues, jobs: async () => [] },
      alone: 5,
      wave: { documents: 6, slices: 9 },
    });
    await handler({}, { job, signal: stop.signal, progress: async () => {} });
    const slices = await jobsOf(/^documents:/);
    expect(new Set(slices.map(({ id }) => id)).size).toBe(2);
  });
});

describe('what cannot be indexed', () => {
  const failing = (error: (id: string) => Error | undefined): FeatureStore => ({
    ...stores.features,
    putDocument: async (set, made) => {
      const fault = error(made.documentId);
      if (fault) throw fault;
      await stores.features.putDocument(set, made);
    },
  });

  test('does not keep the rest from being switched to, and is not tried without end', async () => {
    await write(40, { authors: 2 });
    const odd = new Set(
      Array.from({ length: 20 }, (_, n) => documentId(draft(`d${2 * n}`, '').link)),
    );
    work({
      features: failing((id) =>
        odd.has(id) ? new PermanentError('no room', { code: 'test.full' }) : undefined,
      ),
    });
    await requestSync(queues, stop.signal);
    await eventually(async () => {
      expect(of('switched')).toHaveLength(1);
      await settled();
    });
    expect(of('stuck')).toMatchObject([{ documents: 20 }]);
    expect((await stores.features.current())?.documents).toBe(20);
  });

  test('because a server is away, goes back in line and is done when it is back', async () => {
    await write(40, { authors: 2 });
    let away = true;
    work({
      features: failing(() =>
        away ? new TransientError('not there', { code: 'test.away' }) : undefined,
      ),
    });
    await requestSync(queues, stop.signal);
    await eventually(async () => {
      const slices = await jobsOf(/^documents:/);
      expect(slices.some(({ attempts, reason }) => attempts > 1 && reason === 'not there')).toBe(
        true,
      );
    });
    away = false;
    // Slices that died meanwhile are found by a later run, as the sweep would.
    await eventually(async () => {
      await requestSync(queues, stop.signal);
      expect((await stores.features.current())?.documents).toBe(40);
    });
    await inStep();
  });
});

test('asking for a run while one goes on is one more run after it', async () => {
  const gate = Promise.withResolvers<void>();
  let runs = 0;
  working.push(
    queues.work(
      'features',
      async () => {
        runs++;
        if (runs === 1) await gate.promise;
      },
      { signal: stop.signal },
    ),
  );
  await requestSync(queues, stop.signal);
  await eventually(async () => expect(runs).toBe(1));
  const second = requestSync(queues, stop.signal);
  gate.resolve();
  await second;
  await eventually(async () => expect(runs).toBe(2));
});
