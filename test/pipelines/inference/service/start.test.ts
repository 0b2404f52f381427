import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openLog } from '../../../../monitoring/log.ts';
import { collect } from '../../../../pipelines/collection/collect.ts';
import { syncFeatures } from '../../../../pipelines/feature/sync.ts';
import { openInference } from '../../../../pipelines/inference/open.ts';
import type { Inference } from '../../../../pipelines/inference/port.ts';
import { openRemoteAnswering } from '../../../../pipelines/inference/remote/answering.ts';
import { startInference } from '../../../../pipelines/inference/service/start.ts';
import { writingIn } from '../../../../pipelines/inference/voice/writing.ts';
import { type EmbeddedStores, openEmbedded } from '../../../../pipelines/stores/open.ts';
import { startTgi } from '../../../servers/tgi/server.ts';

const handbook = resolve(import.meta.dirname, '../../../../datasets/handbook');
const setting = { twin: 'default', code: 'test' };
const options = { ...setting, log: openLog({ level: 'silent' }), graceMs: 5_000 };
const quoting = {
  llm: null,
  embed: null,
  embedder: undefined,
  rerank: null,
  inferenceService: { port: 0, host: '127.0.0.1' },
};
const closers: (() => Promise<void>)[] = [];
let stores: EmbeddedStores;
let empty: EmbeddedStores;

const inFolder = () => {
  const home = mkdtempSync(join(tmpdir(), 'understudy-inference-'));
  closers.push(async () => rmSync(home, { recursive: true, force: true }));
  const opened = openEmbedded(home);
  closers.push(opened.close);
  return opened;
};

beforeAll(async () => {
  stores = inFolder();
  empty = inFolder();
  for await (const _ of collect([handbook], stores, {})) void _;
  for await (const _ of syncFeatures({ ...stores, embedder: null }, {})) void _;
});
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(environment: Parameters<typeof startInference>[0], kept: EmbeddedStores) {
  const service = await startInference(environment, kept, options);
  closers.push(service.close);
  const remote = await openRemoteAnswering({ urls: [service.url] });
  closers.push(remote.close);
  const ready = await fetch(`${service.url}/health/ready`);
  return { remote, status: ready.status, ready: readySchema.parse(await ready.json()) };
}

const readySchema = z.object({
  release: z.string(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), needed: z.boolean() })),
});

const questions = ['How does a twin know when it should not answer?', 'What is a tombstone?'];
const answered = async (inference: Inference) => {
  const all = [];
  for (const text of questions) {
    const asked = { text, history: [], now: '2026-11-15T12:00:00Z' };
    const events = await Array.fromAsync(inference.ask(asked));
    all.push(events.filter(({ type }) => type !== 'done'));
    expect(events.at(-1)?.type).toBe('done');
  }
  return all;
};

describe('the inference process', () => {
  test('answers from the stores as the same pipeline does elsewhere, release and all', async () => {
    const { remote, status, ready } = await start(quoting, stores);
    const ports = {
      ...stores,
      llm: null,
      embedder: null,
      reranker: null,
      writing: writingIn(stores.warehouse),
    };
    const local = await openInference(ports, { ...setting, llm: null });
    expect(remote.release).toBe(local.release.id);
    expect(await answered(remote)).toEqual(await answered(local.inference));
    expect(status).toBe(200);
    expect(ready).toMatchObject({
      release: local.release.id,
      checks: [
        { name: 'stores', ok: true },
        { name: 'index', ok: true },
        { name: 'release', ok: true },
      ],
    });
  });

  test('is not ready while nothing is indexed, and says so when it is asked', async () => {
    const { remote, status, ready } = await start(quoting, empty);
    expect(status).toBe(503);
    expect(ready.checks).toContainEqual({ name: 'index', ok: false, needed: true });
    const asked = { text: 'Anybody there?', history: [], now: '2026-11-15T12:00:00Z' };
    const events = await Array.fromAsync(remote.ask(asked));
    expect(events.at(-1)).toMatchObject({ error: { code: 'retrieve.nothing-indexed' } });
  });

  test('writes with the language model that is named, and tells how it is', async () => {
    const tgi = await startTgi();
    closers.push(tgi.close);
    const llm = { urls: [tgi.url], understands: false, thinks: false };
    const { remote, ready } = await start({ ...quoting, llm }, stores);
    expect(ready.checks).toContainEqual({ name: 'llm', ok: true, needed: false });
    const asked = { text: questions[0] ?? '', history: [], now: '2026-11-15T12:00:00Z' };
    const events = await Array.fromAsync(remote.ask(asked));
    expect(events.at(-1)).toMatchObject({ type: 'done', generation: { endpoint: tgi.url } });
  });

  test('a model server that is named and away is an error at the start, nothing in its place', async () => {
    const tgi = await startTgi();
    await tgi.close();
    const llm = { urls: [tgi.url], understands: false, thinks: false };
    const starting = startInference({ ...quoting, llm }, stores, options);
    await expect(starting).rejects.toMatchObject({ name: 'TransientError' });
  });
});
