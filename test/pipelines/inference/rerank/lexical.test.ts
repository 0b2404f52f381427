import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lexicalReranker } from '../../../../pipelines/inference/rerank/lexical.ts';
import { openLexicons } from '../../../../pipelines/inference/rerank/lexicon.ts';
import { minMax } from '../../../../pipelines/inference/rerank/minmax.ts';
import { queryTerms } from '../../../../pipelines/stores/features/lexical.ts';

const statistics = async (stems: readonly string[]) => ({
  chunks: 1_000,
  averageLength: 100,
  documentFrequency: new Map(stems.map((stemmed) => [stemmed, 10])),
});
const reranker = lexicalReranker({ statistics });

const rerank = (question: string, texts: readonly string[], context = 'Ada · blog') =>
  reranker.rerank(
    { question, terms: queryTerms(question) },
    texts.map((text) => ({ text, context })),
  );

const best = async (question: string, texts: readonly string[]) => {
  const scores = await rerank(question, texts);
  return texts[scores.indexOf(Math.max(...scores))];
};

const filler = 'Nothing in this sentence has to do with anything that was asked about here.';

describe('the lexical reranker', () => {
  it('prefers words that stand together, in order', async () => {
    const apart = `The vector came first. ${filler} ${filler} Much later there was an index.`;
    const together = `${filler} A vector index came first. ${filler} Much later there was more.`;
    expect(await best('vector index', [apart, together, filler])).toBe(together);
  });

  it('sees an identifier in its words, and a word behind a typo', async () => {
    const identifier = `The field contentHash is compared. ${filler}`;
    const other = `The field createdAt is compared. ${filler}`;
    expect(await best('content hash', [other, identifier])).toBe(identifier);
    expect(await best('tombstnes', [`A tombstone marks it. ${filler}`, filler])).toContain(
      'tombstone',
    );
  });

  it('counts a word of the context line more than one of the text', async () => {
    const question = 'redis';
    const scores = await reranker.rerank({ question, terms: queryTerms(question) }, [
      { context: 'Ada · blog', text: `Redis stood still. ${filler}` },
      { context: 'Ada · blog · The Redis outage', text: `It stood still. ${filler}` },
      { context: 'Ada · blog', text: filler },
    ]);
    expect(scores[1]).toBeGreaterThan(scores[0] ?? 1);
  });

  it('gives finite scores within [0, 1], one per passage, whatever the strings', async () => {
    const anything = fc.string({ unit: 'binary', maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(anything, fc.array(anything, { maxLength: 12 }), async (question, texts) => {
        const scores = await rerank(question, texts, question);
        expect(scores).toHaveLength(texts.length);
        for (const score of scores) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });

  it('gives the same passage the same score wherever it stands in the list', async () => {
    const texts = [`An index of vectors. ${filler}`, `A vector index. ${filler}`, filler];
    const forwards = await rerank('vector index', texts);
    const backwards = await rerank('vector index', texts.toReversed());
    backwards.toReversed().forEach((score, index) => {
      expect(score).toBeCloseTo(forwards[index] ?? 0, 6);
    });
  });

  it('stops when asked to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const asked = reranker.rerank({ question: 'a', terms: [] }, [], signal);
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('min-max scaling', () => {
  it('maps the smallest to 0 and the largest to 1', () => {
    expect([...minMax([3, 1, 2])]).toEqual([1, 0, 0.5]);
  });

  it('maps equal scores to 0', () => {
    expect([...minMax([2, 2])]).toEqual([0, 0]);
    expect([...minMax([])]).toEqual([]);
  });
});

describe('lexicons', () => {
  const stopWords = new Set(['the']);

  it('are kept for the same stop words, and are nobody else’s', () => {
    const lexicons = openLexicons();
    expect(lexicons(stopWords)).toBe(lexicons(stopWords));
    expect(lexicons(new Set(stopWords))).not.toBe(lexicons(stopWords));
    expect(openLexicons()(stopWords)).not.toBe(lexicons(stopWords));
  });

  it('begin anew when they hold too many words', () => {
    const lexicons = openLexicons();
    const full = lexicons(stopWords);
    for (let word = 0; word < 1 << 17; word++) full.stemNumber(`word${word}`);
    expect(lexicons(stopWords)).not.toBe(full);
    expect(lexicons(stopWords).stems()).toBe(0);
  });
});
