import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../pipelines/collection/collect.ts';
import { syncFeatures } from '../../pipelines/feature/sync.ts';
import { type AnswerEvent, ask } from '../../pipelines/inference/ask.ts';
import { groundedModel } from '../../pipelines/inference/generate/grounded.ts';
import { shippedGeneration } from '../../pipelines/inference/generate/settings.ts';
import { loadPrompt } from '../../pipelines/inference/prompts/load.ts';
import { openRetrieval } from '../../pipelines/inference/retrieve/retrieve.ts';
import { shippedSettings } from '../../pipelines/inference/retrieve/settings.ts';
import { modelReader } from '../../pipelines/inference/understand/model/reader.ts';
import { openLanguageModel } from '../../pipelines/serving/language-model/open.ts';
import type { LanguageModel } from '../../pipelines/serving/language-model/port.ts';
import { type EmbeddedStores, openEmbedded } from '../../pipelines/stores/open.ts';
import { engineGiven, openEngine, type RunningEngine } from './engine.ts';

const handbook = resolve(import.meta.dirname, '../../datasets/handbook');
/** The reader's own limit is for GPUs: here the machine may be busy with other tests. */
const readingMs = 10_000;

const title = 'an answer from the handbook, written by a real engine';

describe.skipIf(!engineGiven)(engineGiven ? title : `${title} (none given)`, () => {
  let engine: RunningEngine;
  let model: LanguageModel;
  let home: string;
  let stores: EmbeddedStores;
  beforeAll(async () => {
    engine = await openEngine();
    model = await open();
    home = await mkdtemp(join(tmpdir(), 'engine-ask-'));
    stores = openEmbedded(home);
    for await (const _ of collect([handbook], stores, {})) void _;
    for await (const _ of syncFeatures({ ...stores, embedder: null })) void _;
  });
  afterAll(async () => {
    await model?.close();
    await engine?.close();
    await stores?.close();
    await rm(home, { recursive: true, force: true });
  });

  const open = (contextTokens?: number) => {
    const { url, token } = engine;
    const endpoints = [{ url, ...(token && { token }) }];
    return openLanguageModel({ endpoints, ...(contextTokens && { contextTokens }) });
  };
  const events = async (
    text: string,
    { signal, writer = model }: { signal?: AbortSignal; writer?: LanguageModel } = {},
  ): Promise<AnswerEvent[]> => {
    const settings = {
      ...shippedSettings,
      model: { ...shippedSettings.model, deadlineMs: readingMs },
    };
    const prompt = loadPrompt('understand');
    const reader = modelReader({ model, prompt, settings: settings.model });
    const answering = {
      retrieve: openRetrieval({ ...stores, reader }, settings),
      model: groundedModel({ model: writer, settings: shippedGeneration }),
      deadlineMs: 60_000,
    };
    const seen: AnswerEvent[] = [];
    for await (const event of ask(
      answering,
      { text, history: [], now: new Date().toISOString() },
      signal,
    ))
      seen.push(event);
    return seen;
  };

  test('streams between its sources and its end, and tells what it took', async () => {
    const seen = await events('How does the twin decide that it does not know the answer?');
    expect(seen.find(({ type }) => type === 'error')).toBeUndefined();
    const order = seen.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1]);
    expect(order).toEqual(['status', 'sources', 'status', 'text', 'done']);
    const done = seen.at(-1);
    if (done?.type !== 'done') throw new Error('It is not done');
    const { generation } = done;
    expect(generation?.model).toBe(`${model.identity.engine}:${model.identity.model}`);
    expect(generation?.endpoint).toBe(engine.url);
    expect(generation?.packed.length).toBeGreaterThan(0);
    expect(generation?.usage?.promptTokens ?? 0).toBeLessThanOrEqual(
      generation?.counted.tokens ?? 0,
    );
    expect(done.fallbacks.filter(({ code }) => code.endsWith('.unexpected'))).toEqual([]);
    const sources = seen.find((event) => event.type === 'sources');
    const shown = sources?.type === 'sources' ? sources.sources.length : 0;
    expect(done.cited.every((number) => number <= shown)).toBe(true);
    console.info(`    ${JSON.stringify({ ...generation, fallbacks: done.fallbacks })}`);
  });

  test('reads as many passages as fit, by the count of the server where it has one', async () => {
    const writer = await open(2_500);
    try {
      const done = (await events('How does the twin decide what to say?', { writer })).at(-1);
      if (done?.type !== 'done') throw new Error(`It is not done: ${JSON.stringify(done)}`);
      const { counted, usage, packed } = done.generation ?? {};
      const took = usage?.promptTokens ?? 0;
      expect(packed?.length).toBeGreaterThan(0);
      expect(packed?.length).toBeLessThan(8);
      expect(took + (usage?.completionTokens ?? 0)).toBeLessThanOrEqual(2_500);
      if (counted?.exact) expect(took).toBe(counted.tokens);
    } finally {
      await writer.close();
    }
  });

  test('ends at once when nobody waits for it any more', async () => {
    const leaving = new AbortController();
    const asking = events('How is an index rebuilt?', { signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(asking).rejects.toThrow('gone');
    expect(model.states()).toMatchObject([{ running: 0 }]);
  });
});
