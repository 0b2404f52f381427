import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { estimateTokens } from '../../../../pipelines/serving/language-model/estimate.ts';
import { completed } from '../../../../pipelines/serving/language-model/read.ts';
import { failure } from '../endpoints/fixtures.ts';
import { manualClock } from '../endpoints/manual-clock.ts';
import { asked, type Opened, opened } from './fixtures.ts';

let now: Opened | undefined;
afterEach(async () => {
  await now?.close();
  now = undefined;
});
const { messages } = asked;

describe('counting on the server', () => {
  test.each([
    ['tgi', ['/chat_tokenize']],
    ['vllm', ['/tokenize']],
    ['llamacpp', ['/apply-template', '/tokenize']],
  ] as const)('%s counts what it then takes', async (engine, routes) => {
    now = await opened({ engine });
    const before = now.server.requests.length;
    const counted = await now.model.countTokens(messages);
    expect(now.server.requests.slice(before).map(({ path }) => path)).toEqual(routes);
    const { usage } = await completed(now.model, asked);
    expect(counted).toEqual({ tokens: usage?.promptTokens, exact: true });
  });

  test('a server without the route is asked once, and then estimated', async () => {
    now = await opened({ tokenizer: false });
    const expected = { tokens: estimateTokens(messages), exact: false };
    expect(await now.model.countTokens(messages)).toEqual(expected);
    expect(await now.model.countTokens(messages)).toEqual(expected);
    const asked = now.server.requests.filter(({ path }) => path === '/chat_tokenize');
    expect(asked).toHaveLength(1);
  });

  test('one that fails now is asked again the next time', async () => {
    now = await opened();
    now.server.misbehave({ kind: 'status', status: 503 }, { path: '/chat_tokenize', times: 1 });
    expect((await now.model.countTokens(messages)).exact).toBe(false);
    expect((await now.model.countTokens(messages)).exact).toBe(true);
  });

  test('one that does not answer keeps nobody waiting for long, nor the chat from being asked', async () => {
    const clock = manualClock();
    now = await opened({}, { clock });
    const { server } = now;
    server.misbehave({ kind: 'hang' }, { path: '/chat_tokenize' });
    const counting = now.model.countTokens(messages);
    await server.until(() => server.open() === 1);
    await clock.advance(1_000);
    expect((await counting).exact).toBe(false);
    await server.until(() => server.open() === 0);
    expect((await completed(now.model, asked)).text).not.toBe('');
    expect(now.model.states()[0]).toMatchObject({ breaker: 'closed', failed: 0 });
  });

  test('takes no slot from the chat', async () => {
    now = await opened({}, { limits: { attempts: 1, concurrency: 1, queue: 0 } });
    now.server.misbehave({ kind: 'hang' });
    const controller = new AbortController();
    const hanging = failure(completed(now.model, asked, controller.signal));
    await now.server.until(() => now?.server.open() === 1);
    expect((await now.model.countTokens(messages)).exact).toBe(true);
    controller.abort(new Error('left'));
    await hanging;
  });

  test('ends with the signal’s reason when that is aborted', async () => {
    now = await opened();
    const { server } = now;
    server.misbehave({ kind: 'hang' }, { path: '/chat_tokenize' });
    const controller = new AbortController();
    const counting = failure(now.model.countTokens(messages, controller.signal));
    await server.until(() => server.open() === 1);
    const reason = new Error('left');
    controller.abort(reason);
    expect(await counting).toBe(reason);
    await server.until(() => server.open() === 0);
  });
});

describe('estimating', () => {
  const estimate = (content: string) => estimateTokens([{ role: 'user', content }]);
  const empty = estimate('');

  // The most that the vocabularies of Llama 2, Llama 3 and cl100k make of it, as their own tokenizers counted.
  test.each([
    ['English', 'The quick brown fox jumps over the lazy dog, and then it sits down.', 19],
    ['code', 'export const add = (a: number, b: number): number => a + b;', 19],
    ['German', 'Die Nachbarn diskutierten draußen über Versicherungsangelegenheiten.', 18],
    ['Russian', 'Вчера вечером мы обсуждали архитектуру распределённых систем.', 28],
    ['Chinese', '昨天我们讨论了分布式系统的架构，以及如何处理网络故障。', 39],
    ['Japanese', '昨日は分散システムのアーキテクチャについて話しました。', 31],
    ['Korean', '어제 우리는 분산 시스템의 구조에 대해 이야기했습니다.', 40],
    ['emoji', '😀🎉🚀 👍🏽 ✅', 23],
    ['digits', '3.14159265358979323846', 22],
  ])('errs on the long side for %s', (_language, text, most) => {
    expect(estimate(text) - empty).toBeGreaterThanOrEqual(most);
    expect(estimate(text) - empty).toBeLessThanOrEqual(most * 3);
  });

  test('never shrinks with more text, nor exceeds what its bytes could take', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const both = estimate(`${a} ${b}`) - empty;
        expect(both).toBeGreaterThanOrEqual(estimate(a) - empty);
        expect(both).toBeLessThanOrEqual(2 * Buffer.byteLength(`${a} ${b}`) + 1);
      }),
    );
  });

  test('counts every message with what surrounds it', () => {
    const one = { role: 'user', content: 'hello' } as const;
    expect(estimateTokens([one, one])).toBeGreaterThan(estimateTokens([one]) + 4);
  });
});
