import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAdapter } from '../../pipelines/serving/adapter-probe/check.ts';
import { openLanguageModel } from '../../pipelines/serving/language-model/open.ts';
import type {
  Completion,
  CompletionPart,
  LanguageModel,
} from '../../pipelines/serving/language-model/port.ts';
import { completed } from '../../pipelines/serving/language-model/read.ts';
import { describeLanguageModel } from '../conformance/language-model.ts';
import { engineCan, engineGiven, openEngine, type RunningEngine } from './engine.ts';

const how =
  'set LLAMA_SERVER to llama.cpp’s llama-server, or ENGINE_URL to the address of a model server';
const title = engineGiven ? 'a real engine' : `a real engine (none given: ${how})`;

describe.skipIf(!engineGiven)(title, () => {
  let engine: RunningEngine;
  let model: LanguageModel;
  beforeAll(async () => {
    engine = await openEngine();
    model = await open();
  });
  afterAll(async () => {
    await model?.close();
    await engine?.close();
  });

  const open = (adapter?: string) =>
    openLanguageModel({
      endpoints: [{ url: engine.url, ...(engine.token && { token: engine.token }) }],
      ...(adapter && { adapter }),
    });
  const asking = (content: string, maxTokens = 32): Completion => ({
    messages: [{ role: 'user', content }],
    maxTokens,
    temperature: 0,
  });

  describeLanguageModel(
    'a real engine',
    async () => ({ model: await open(), close: async () => {} }),
    {
      counts: engineCan('count'),
      schema: engineCan('schema'),
      usage: engineCan('usage'),
      refusesLongPrompts: engineCan('long-prompts'),
    },
  );

  test('tells what it is', () => {
    console.info(
      `    ${JSON.stringify({ ...model.identity, contextTokens: model.contextTokens })}`,
    );
    expect(model.identity.model).not.toBe('');
    expect(model.contextTokens).toBeGreaterThan(0);
  });

  test('streams, and what it counts is what it charges', async () => {
    const completion = asking('Zwölf Boxkämpfer 🎭 and a cache');
    const counted = await model.countTokens(completion.messages);
    const { text, usage } = await completed(model, completion);
    expect(text).not.toContain('\uFFFD');
    expect(counted.exact).toBe(engineCan('count'));
    if (usage && counted.exact) expect(usage.promptTokens).toBe(counted.tokens);
    else expect(usage?.promptTokens ?? 0).toBeLessThanOrEqual(counted.tokens);
  });

  test('answers many at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, number) => completed(model, asking(`Question ${number}`, 8))),
    );
    expect(replies.every(({ text }) => text !== '')).toBe(true);
    expect(model.states()).toMatchObject([{ running: 0, failed: 0, breaker: 'closed' }]);
  });

  test('is left in the middle of its reply, and answers the next', async () => {
    for await (const part of model.complete(asking('the quick brown fox', 2_000))) {
      expect(part.type).toBe('text');
      break;
    }
    expect(model.states()).toMatchObject([{ running: 0 }]);
    expect((await completed(model, asking('Hello', 4))).text).not.toBe('');
  });

  test.runIf(engineCan('long-prompts'))(
    'refuses a prompt that is longer than it reads, and says so',
    async () => {
      const far = asking('word '.repeat(model.contextTokens + 1_000));
      await expect(completed(model, far)).rejects.toMatchObject({ code: 'chat.too-large' });
    },
  );

  test('has the adapter that it was started with, which speaks otherwise than the base', async (context) => {
    if (engine.adapter === null) return context.skip('no adapter was named in ENGINE_ADAPTER');
    const ada = await open(engine.adapter);
    try {
      const verdict = await checkAdapter(ada, null);
      expect(verdict).toMatchObject({ passed: true, problem: null });
      expect(verdict.differs).toBeGreaterThan(4);
    } finally {
      await ada.close();
    }
  });

  test('is killed in the middle of its reply, which is a failure, and asked again is back', async (context) => {
    const { kill, again } = engine;
    if (!kill || !again) return context.skip('it was not started here');
    const again300 = { type: 'array', items: { enum: ['once more'] }, minItems: 300 };
    const long = { ...asking('Hello', 1_500), schema: { name: 'long', schema: again300 } };
    const parts: CompletionPart[] = [];
    const reading = async () => {
      for await (const part of model.complete(long)) {
        parts.push(part);
        if (parts.length === 1) await kill();
      }
    };
    await expect(reading()).rejects.toMatchObject({ code: 'chat.unfinished' });
    expect(parts.every(({ type }) => type === 'text')).toBe(true);
    await again();
    await expect
      .poll(() => completed(model, asking('Hello', 4)), { timeout: 20_000 })
      .toMatchObject({
        type: 'finish',
      });
  });
});
