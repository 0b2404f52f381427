import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnswerLength } from '../../../../../pipelines/serving/chat/port.ts';
import { tokens } from '../../../../../pipelines/stores/features/lexical.ts';
import { isSubsequence, markdown } from './markdown.ts';
import { partsOf, passage, request, said } from './requests.ts';

const bread = [
  passage(
    1,
    'Sourdough bread rises slowly because its yeast is wild. Sourdough bread needs a warm kitchen to rise well. Sourdough bread keeps for a week in a linen bag. A sourdough starter is fed with flour and water every single day.',
  ),
  passage(
    2,
    'Rye sourdough bread is heavier than that of wheat and rises less. Bread from a sourdough starter tastes of vinegar when it stands too long. Sourdough bread was common long before anybody sold dry yeast in shops. The museum opens at nine.',
  ),
];
const long = (length: AnswerLength | undefined) => (length ? { length } : {});

async function answer(question: string, length?: AnswerLength): Promise<string> {
  return said({ ...request(question, bread), ...long(length) });
}

describe('the length of an answer', () => {
  test('short is a sentence or two, long says more, and neither leaves the subject', async () => {
    const question = 'What is there to know about sourdough bread?';
    const [brief, usual, full] = await Promise.all([
      answer(question, 'short'),
      answer(question),
      answer(question, 'long'),
    ]);
    const sentences = (text: string) => text.match(/[.!?](?:\s|$)/gu)?.length ?? 0;
    expect(sentences(brief)).toBeLessThanOrEqual(2);
    expect(tokens(brief).length * 2).toBeLessThanOrEqual(tokens(usual).length);
    expect(sentences(usual)).toBe(4);
    expect(sentences(full)).toBeGreaterThan(4);
    expect(full).not.toContain('museum');
  });

  test('a short comparison still has both sides', async () => {
    const asked = request('What is the difference between Slack and Discord deadlines?', [
      passage(1, 'Slack wants deadlines of three seconds. Slack deadlines repeat three times.'),
      passage(2, 'Discord gives fifteen minutes after deferring.'),
    ]);
    const parts = await partsOf({ ...asked, length: 'short' });
    const cited = parts.flatMap((part) => (part.type === 'text' ? part.citations : []));
    expect(new Set(cited)).toEqual(new Set([1, 2]));
  });

  test('whether there is an answer does not depend on it', async () => {
    for (const question of ['Does sourdough bread rise slowly?', 'Who repairs bicycles in Graz?']) {
      const finishes = await Promise.all(
        ([undefined, 'short', 'long'] as const).map(async (length) =>
          (await partsOf({ ...request(question, bread), ...long(length) })).at(-1),
        ),
      );
      expect(new Set(finishes.map((finish) => JSON.stringify(finish))).size).toBe(1);
    }
  });

  test('never more words when short, never fewer when long, and every word the passage’s', async () => {
    const texts = fc.array(markdown, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(texts, fc.string({ maxLength: 40 }), async (all, extra) => {
        const asked = request(
          `Which port is free? ${extra}`,
          all.map((text, index) => passage(index + 1, text)),
        );
        const counts: number[] = [];
        for (const length of ['short', undefined, 'long'] as const) {
          const parts = await partsOf({ ...asked, ...long(length) });
          let words = 0;
          for (const part of parts) {
            if (part.type !== 'text') continue;
            expect(part.citations).toHaveLength(1);
            const own = tokens(part.text);
            expect(isSubsequence(own, tokens(all[(part.citations[0] ?? 0) - 1] ?? ''))).toBe(true);
            words += own.length;
          }
          counts.push(words);
        }
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});

describe('another answer', () => {
  const question = 'How long does sourdough bread keep?';
  const first = passage(1, 'Sourdough bread keeps for a week in a linen bag.');
  const second = passage(2, 'In a tin, sourdough bread keeps for ten days if it is not cut.');

  test('comes from passages that were not used before', async () => {
    const parts = await partsOf(request(question, [{ ...first, usedBefore: true }, second]));
    expect(parts).toMatchObject([
      { text: 'In a tin, sourdough bread keeps for ten days if it is not cut.', citations: [2] },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('does not say a sentence again that overlaps into another passage', async () => {
    const overlapping = { ...second, text: `${first.text} ${second.text}` };
    const answer = await said(request(question, [{ ...first, usedBefore: true }, overlapping]));
    expect(answer).toBe(second.text);
  });

  test('may say the same when nothing else supports the question', async () => {
    const other = passage(2, 'The museum opens at nine.');
    const parts = await partsOf(request(question, [{ ...first, usedBefore: true }, other]));
    expect(parts).toMatchObject([{ text: first.text, citations: [1] }, { reason: 'stop' }]);
  });

  test('is of passages in their own words too', async () => {
    const used = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
    const texts = fc.array(markdown, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(texts, used, async (all, before) => {
        const passages = all.map((text, index) =>
          passage(index + 1, text, { usedBefore: before[index] ?? false }),
        );
        for (const part of await partsOf(request('Which port is free?', passages))) {
          if (part.type !== 'text') continue;
          const source = tokens(all[(part.citations[0] ?? 0) - 1] ?? '');
          expect(isSubsequence(tokens(part.text), source)).toBe(true);
        }
      }),
    );
  });
});
