import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reranker } from '../../pipelines/serving/rerank/port.ts';
import { queryTerms } from '../../pipelines/stores/features/lexical.ts';

export type OpenReranker = { readonly reranker: Reranker; close(): Promise<void> };

/** What pipelines/serving/rerank/port.ts promises, for any adapter. */
export function describeReranker(name: string, open: () => Promise<OpenReranker>): void {
  describe(`reranker on ${name}`, () => {
    let opened: OpenReranker;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    const rerank = (question: string, texts: readonly string[], signal?: AbortSignal) =>
      opened.reranker.rerank(
        { question, terms: queryTerms(question) },
        texts.map((text) => ({ text, context: 'Ada · blog · Notes' })),
        signal,
      );

    test('has a name', () => {
      expect(opened.reranker.name).not.toBe('');
    });

    test('gives nothing for nothing', async () => {
      expect(await rerank('bread', [])).toEqual([]);
    });

    test('scores what answers the question above what does not, in the order given', async () => {
      const texts = [
        'Nothing here is of any use to anybody.',
        'The redis cache went down because its memory was full.',
        'The oven was cold and so was the kitchen.',
      ];
      const scores = await rerank('why did the redis cache go down', texts);
      expect(scores).toHaveLength(3);
      expect(scores.indexOf(Math.max(...scores))).toBe(1);
    });

    test('gives the same scores whatever the order of the passages', async () => {
      const texts = Array.from({ length: 50 }, (_, index) =>
        index % 3 === 0 ? `bread number ${index} from the oven` : `another text ${index}`,
      );
      const scores = await rerank('bread from the oven', texts);
      const reversed = await rerank('bread from the oven', texts.toReversed());
      expect(scores).toHaveLength(50);
      for (const [index, score] of scores.entries()) {
        expect(reversed[49 - index]).toBeCloseTo(score, 6);
      }
    });

    test('gives passages that say the same the same score', async () => {
      const [first, , third] = await rerank('bread', ['good bread', 'the oven', 'good bread']);
      expect(first).toBeCloseTo(third!, 6);
    });

    test('gives one finite score per passage, whatever the strings', async () => {
      const anything = fc.string({ unit: 'binary', maxLength: 120 });
      await fc.assert(
        fc.asyncProperty(
          anything,
          fc.array(anything, { maxLength: 8 }),
          async (question, texts) => {
            const scores = await rerank(question, texts);
            expect(scores).toHaveLength(texts.length);
            for (const score of scores) expect(Number.isFinite(score)).toBe(true);
          },
        ),
        { numRuns: 30 },
      );
    });

    test('stops when asked to', async () => {
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(rerank('bread', ['good bread'], signal)).rejects.toThrow('enough');
    });
  });
}
