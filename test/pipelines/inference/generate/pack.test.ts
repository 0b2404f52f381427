import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Exchange, exchangesOf } from '../../../../pipelines/inference/generate/messages.ts';
import { openPacker } from '../../../../pipelines/inference/generate/pack.ts';
import type { Passage } from '../../../../pipelines/serving/chat/port.ts';
import type { ChatMessage } from '../../../../pipelines/serving/language-model/port.ts';
import { passage, scripted, wordsIn } from './model.ts';

const words = (count: number, word = 'w0') => Array.from({ length: count }, () => word).join(' ');
const system = 'You are you.';

function messages(exchanges: readonly Exchange[], passages: readonly Passage[]): ChatMessage[] {
  return [
    { role: 'system', content: system },
    ...exchanges.flat().map(
      ({ role, text }): ChatMessage => ({
        role: role === 'user' ? 'user' : 'assistant',
        content: text,
      }),
    ),
    { role: 'user', content: `${passages.map(({ text }) => text).join('\n')}\nquestion` },
  ];
}

function packing(contextTokens: number) {
  const model = scripted([], { contextTokens });
  const pack = openPacker(model, 0);
  return {
    model,
    pack: (passages: readonly Passage[], exchanges: readonly Exchange[] = []) =>
      pack({ passages, exchanges, messages, replyTokens: 0 }),
  };
}
const numbers = ({ passages }: { passages: readonly Passage[] }) =>
  passages.map(({ number }) => number);

describe('packing a prompt', () => {
  test('asks nobody where it cannot be too long', async () => {
    const { model, pack } = packing(10_000);
    const packed = await pack([passage(1, words(50)), passage(2, words(50))]);
    expect(numbers(packed)).toEqual([1, 2]);
    expect(packed.counted).toMatchObject({ exact: false });
    expect(packed.counted.tokens).toBeGreaterThanOrEqual(wordsIn(packed.messages));
    expect(model.counts).toEqual([]);
  });

  test('asks once where it might be, and no more when it is not', async () => {
    const { model, pack } = packing(110);
    const packed = await pack([passage(1, words(50)), passage(2, words(50))]);
    expect(packed.counted).toEqual({ tokens: 104, exact: true });
    expect(model.counts).toHaveLength(1);
  });

  test('leaves out the worst passages, whole, and keeps the numbers of the others', async () => {
    const packed = await packing(100).pack([1, 2, 3].map((n) => passage(n, words(40))));
    expect(numbers(packed)).toEqual([1, 2]);
    expect(packed.messages.at(-1)?.content).toBe(`${words(40)}\n${words(40)}\nquestion`);
  });

  test('takes a smaller one where a better one does not fit', async () => {
    const packed = await packing(100).pack([
      passage(1, words(40)),
      passage(2, words(90)),
      passage(3, words(40)),
    ]);
    expect(numbers(packed)).toEqual([1, 3]);
  });

  test('parts first with what an earlier answer used', async () => {
    const packed = await packing(60).pack([
      passage(1, words(40), { usedBefore: true }),
      passage(2, words(40)),
    ]);
    expect(numbers(packed)).toEqual([2]);
  });

  test('gives up the oldest of the thread first, in whole exchanges, then passages', async () => {
    const history = ['a1', 'b2', 'c3'].flatMap((word) => [
      { role: 'user' as const, text: words(10, word) },
      { role: 'twin' as const, text: words(10, word) },
    ]);
    const { messages: said } = await packing(90).pack(
      [passage(1, words(40))],
      exchangesOf(history),
    );
    expect(said.slice(1, -1).map(({ content }) => content.slice(0, 2))).toEqual([
      'b2',
      'b2',
      'c3',
      'c3',
    ]);
  });

  test('remembers what passages take', async () => {
    const { model, pack } = packing(100);
    const passages = [1, 2, 3].map((n) => passage(n, words(40, `w${n}`)));
    await pack(passages);
    const first = model.counts.length;
    await pack(passages);
    // Whole, and what was chosen: the passages are known.
    expect(model.counts.length - first).toBe(2);
  });

  test('refuses where no passage fits, rather than cut one', async () => {
    await expect(packing(30).pack([passage(1, words(40))])).rejects.toMatchObject({
      code: 'chat.context',
    });
  });

  test('is never over the budget, best first and whole, and never without the system text', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
    const threads = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        sizes,
        threads,
        fc.integer({ min: 70, max: 300 }),
        async (some, thread, budget) => {
          const passages = some.map((size, index) => passage(index + 1, words(size, `p${index}`)));
          const history = thread.flatMap((size, index) => [
            { role: 'user' as const, text: words(size, `q${index}`) },
            { role: 'twin' as const, text: words(size, `a${index}`) },
          ]);
          const packed = await packing(budget).pack(passages, exchangesOf(history));
          expect(wordsIn(packed.messages)).toBeLessThanOrEqual(budget);
          expect(packed.counted.tokens).toBeLessThanOrEqual(budget);
          expect(packed.messages[0]?.content).toBe(system);
          const last = packed.messages.at(-1)?.content ?? '';
          for (const { number, text } of packed.passages) {
            expect(last.split('\n')).toContain(text);
            expect(passages[number - 1]?.text).toBe(text);
          }
          // The best stays unless it alone is too long.
          expect(numbers(packed)[0]).toBe(1);
        },
      ),
    );
  });
});
