import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { favouriteWords } from '../../../../pipelines/inference/voice/favourites.ts';
import { paragraphsOf } from '../../../../pipelines/inference/voice/prose.ts';
import { styleOf, type Written } from '../../../../pipelines/inference/voice/style.ts';

async function* from(documents: readonly Written[]): AsyncGenerator<Written> {
  yield* documents;
}
const style = (contents: readonly string[], language: string | null = 'en') =>
  styleOf(from(contents.map((content) => ({ content, language }))), ['en']);

describe('prose', () => {
  test('is what the author says, without code, quotations, tables, headings and addresses', () => {
    const markdown = [
      '# A heading',
      'See [the docs](https://example.org/x_(y)) and `npm start`,\nor ask **me**. <b>Well</b>.',
      '```sh\necho code\n```',
      '> Somebody else said so.',
      '| a | table |\n|---|---|',
      '    indented code',
      'A list:',
      '- a label\n- This one is a sentence.\n1. So is _this_!',
      'https://example.org/bare and ![a picture](x.png) stay out.',
      '[ref]: https://example.org',
      '~~~\nnever closed',
    ].join('\n\n');
    expect(paragraphsOf(markdown)).toEqual([
      'See the docs and, or ask me. Well.',
      'A list:',
      'This one is a sentence.',
      'So is this!',
      'and stay out.',
    ]);
  });

  test('can be read out of any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        for (const paragraph of paragraphsOf(text)) {
          expect(paragraph).toBe(paragraph.trim());
          expect(paragraph).not.toBe('');
        }
      }),
    );
  });
});

describe('a style', () => {
  test('is counted', async () => {
    // 8 words, two sentences, one of them a question; one of each mark.
    const paragraph = 'Is the sea calm? The harbour (ours) is; wait: look — there … yes!';
    const found = await style(Array<string>(40).fill(`${paragraph}\n\n${paragraph}`));
    expect(found).toMatchObject({
      documents: 40,
      words: 80 * 12,
      sentences: 80 * 2,
      sentenceWords: 6,
      paragraphSentences: 2,
      questions: 0.5,
      languages: ['en'],
    });
    expect(found?.openings).toEqual([
      { words: 'is the', share: 0.5 },
      { words: 'the harbour', share: 0.5 },
    ]);
    expect(found?.punctuation).toEqual(
      [';', '—', ':', '!', '…', '('].map((mark) => ({
        mark,
        perThousand: expect.closeTo(1_000 / 12, 9),
      })),
    );
    expect(found?.favouriteWords).toContain('harbour');
    expect(found?.favouriteWords).not.toContain('the');
  });

  test('is not told by fewer than 300 words', async () => {
    const words = (count: number) => [`${'word '.repeat(count - 1)}end.`];
    expect(await style(words(299))).toBeNull();
    expect((await style(words(300)))?.words).toBe(300);
    expect(await style([`\`\`\`\n${'code '.repeat(1_000)}\n\`\`\``])).toBeNull();
    expect(await style([])).toBeNull();
  });

  test('does not take a time of day for a colon, nor an abbreviation for an end', async () => {
    const found = await style(Array<string>(50).fill('At 10:30, e.g. on Monday, Dr. Who came by.'));
    expect(found?.punctuation).toContainEqual({ mark: ':', perThousand: 0 });
    expect(found?.sentences).toBe(50);
  });

  test('reads languages that are written without spaces', async () => {
    const text = '港は静かです。灯台の光は船を待っています！霧の夜はどうしますか？';
    const found = await style(Array<string>(40).fill(text), 'ja');
    expect(found?.sentences).toBe(120);
    expect(found?.questions).toBeCloseTo(1 / 3, 9);
    expect(found?.favouriteWords).toContain('灯台');
    expect(found?.favouriteWords.join()).not.toMatch(/です|ます/u);
    expect(found?.punctuation.find(({ mark }) => mark === '!')?.perThousand).toBeGreaterThan(0);
  });

  test('of any strings is finite, within bounds, and twice the same', async () => {
    const content = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3_000 }),
      fc.lorem({ maxCount: 40, mode: 'sentences' }),
    );
    const language = fc.constantFrom(null, 'en', 'de', 'ja', 'not a language', '');
    const documents = fc.array(fc.record({ content, language }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(documents, async (all) => {
        const found = await styleOf(from(all), []);
        expect(await styleOf(from(all), [])).toEqual(found);
        if (found === null) return;
        expect(found.words).toBeGreaterThanOrEqual(300);
        expect(Number.isFinite(found.sentenceWords + found.paragraphSentences)).toBe(true);
        for (const share of [found.questions, ...found.openings.map((each) => each.share)]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(found.favouriteWords.length).toBeLessThanOrEqual(12);
      }),
      { numRuns: 40 },
    );
  });
});

describe('favourite words', () => {
  const documents = (texts: readonly string[]) =>
    texts.map((text) => ({ language: 'en', words: text.toLowerCase().split(' ') }));
  const filler = 'the of and to in a is that it was for on are as with his they at be this';

  test('are those used more than anybody would, and not the commonest', () => {
    const all = documents(Array<string>(10).fill(`${filler} time people lighthouse`));
    expect(favouriteWords(all, 5)[0]).toBe('lighthouse');
    expect(favouriteWords(all, 1)).toEqual(['lighthouse']);
    expect(favouriteWords(all, 9)).not.toContain('that');
  });

  test('are habits: the subject of a single document is none', () => {
    const one = documents([`${'tariff '.repeat(200)}${filler}`]);
    const rest = documents(Array<string>(9).fill(`${filler} lighthouse`));
    expect(favouriteWords([...one, ...rest], 5)).toEqual(['lighthouse']);
  });

  test('are counted together in all their forms, and shown in the commonest', () => {
    const texts = ['queues', 'queues', 'queue', 'queues'].map((form) => `${filler} ${form}`);
    expect(favouriteWords(documents(texts), 5)).toEqual(['queues']);
  });

  test('are ranked by z-scores of log-odds', () => {
    // 4 documents of 21 words. Expected: 0.1 / 5,000. y = 4 of n = 84, prior 0.2 of 10,000.
    const texts = Array<string>(4).fill(`${filler} lighthouse`);
    const posterior = 4 + 0.2;
    const odds = posterior / (84 + 10_000 - posterior);
    const z = Math.log(odds / (0.00002 / 0.99998)) * Math.sqrt(posterior);
    expect(z).toBeGreaterThan(2);
    expect(favouriteWords(documents(texts), 5)).toEqual(['lighthouse']);
    // "time", expected 42 times as often, once in three documents: below two standard deviations.
    const rare = Array<string>(3).fill(`${filler} ${filler} ${filler} ${filler} ${filler} time`);
    expect(favouriteWords(documents(rare), 5)).toEqual([]);
  });
});
