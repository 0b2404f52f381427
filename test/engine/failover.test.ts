import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLanguageModel } from '../../pipelines/serving/language-model/open.ts';
import type { LanguageModel } from '../../pipelines/serving/language-model/port.ts';
import { completed } from '../../pipelines/serving/language-model/read.ts';
import { startLlama } from './engine.ts';

const given = process.env['LLAMA_SERVER'] !== undefined;
const title = 'two real engines behind one model';

describe.skipIf(!given)(given ? title : `${title} (name the binary in LLAMA_SERVER)`, () => {
  let engines: Awaited<ReturnType<typeof startLlama>>[] = [];
  let model: LanguageModel;
  beforeAll(async () => {
    engines = await Promise.all([startLlama('tiny'), startLlama('tiny')]);
    model = await openLanguageModel({ endpoints: engines.map(({ url }) => ({ url })) });
  });
  afterAll(async () => {
    await model?.close();
    await Promise.all(engines.map((engine) => engine.close()));
  });

  const ask = (number: number, affinity?: string) =>
    completed(model, {
      messages: [{ role: 'user', content: `Question ${number}` }],
      maxTokens: 8,
      temperature: 0,
      ...(affinity && { affinity }),
    });
  const answered = () => model.states().map(({ succeeded }) => succeeded);

  test('share the work, and what begins alike goes to the same one', async () => {
    await Promise.all(Array.from({ length: 16 }, (_, number) => ask(number)));
    expect(answered().every((count) => count > 0)).toBe(true);
    const before = answered();
    const replies = [];
    for (let number = 0; number < 4; number += 1)
      replies.push(await ask(number, 'the same prefix'));
    expect(new Set(replies.map(({ endpoint }) => endpoint)).size).toBe(1);
    expect(answered().reduce((sum, count) => sum + count, 0)).toBe(
      before.reduce((sum, count) => sum + count, 4),
    );
  });

  test('say the same, so that it does not matter who is asked', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => ask(1)));
    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
  });

  test('lose one in the middle of things, and nobody who had read nothing yet notices', async () => {
    const [dying, living] = engines;
    await dying?.kill();
    const replies = await Promise.all(Array.from({ length: 16 }, (_, number) => ask(number)));
    expect(new Set(replies.map(({ endpoint }) => endpoint))).toEqual(new Set([living?.url]));
    expect(model.states().find(({ url }) => url === living?.url)).toMatchObject({
      breaker: 'closed',
      healthy: true,
      failed: 0,
      running: 0,
    });
  });
});
