import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMarkdown, wordsOf } from '../../../bots/markdown/parse.ts';
import { splitMarkdown } from '../../../bots/markdown/split.ts';
import { anything, document } from './documents.ts';

const long = fc.array(anything, { maxLength: 6 }).map((parts) => parts.join('\n'));
const limits = fc.integer({ min: 32, max: 400 });
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const clusters = (text: string) => [...graphemes.segment(text)].map(({ segment }) => segment);

/** Letters and digits of the content, without markup and white space. */
const content = (markdown: string) =>
  parseMarkdown(markdown)
    .children.map((block) => wordsOf(block))
    .join('')
    .replace(/[\s\\]/gu, '');

function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let found = 0;
  for (const character of whole) if (character === part[found]) found++;
  return found === part.length;
}

describe('Markdown in pieces', () => {
  test('every piece is within the limit, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(long, document), limits, (markdown, limit) => {
        for (const piece of splitMarkdown(markdown, limit)) {
          expect(piece.length).toBeLessThanOrEqual(limit);
          expect(piece.trim()).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('no letter is lost, and their order stays, whatever the text', () => {
    const letters = (text: string) => [...text.replace(/[^\p{L}\p{N}\p{Emoji}]/gu, '')];
    fc.assert(
      fc.property(long, fc.integer({ min: 32, max: 100 }), (markdown, limit) => {
        const pieces = splitMarkdown(markdown, limit).join('\n');
        expect(isWithin(letters(markdown), letters(pieces))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('documents mean the same in pieces as whole', () => {
    const withoutTables = document.filter((markdown) => !markdown.includes('|'));
    fc.assert(
      fc.property(withoutTables, fc.integer({ min: 60, max: 400 }), (markdown, limit) => {
        const pieces = splitMarkdown(markdown, limit);
        expect(pieces.map(content).join('')).toBe(content(markdown));
      }),
      { numRuns: 300 },
    );
  });

  test('a text within the limit stays as it is', () => {
    fc.assert(
      fc.property(document, (markdown) => {
        expect(splitMarkdown(markdown, markdown.length + 32)).toEqual([markdown]);
      }),
    );
  });

  test('nothing makes nothing', () => {
    expect(splitMarkdown('', 100)).toEqual([]);
    expect(splitMarkdown(' \n\n ', 100)).toEqual([]);
    expect(() => splitMarkdown('a', 31)).toThrow(RangeError);
    expect(() => splitMarkdown('a', Number.NaN)).toThrow(RangeError);
  });

  test('cuts between paragraphs, then sentences, then words', () => {
    const [one, two] = ['The first paragraph is short.', 'The second one is short as well.'];
    expect(splitMarkdown(`${one}\n\n${two}`, 40)).toEqual([one, two]);
    expect(splitMarkdown(`${one} ${two}`, 40)).toEqual([one, two]);
    expect(splitMarkdown('words without any end of a sentence between them', 32)).toEqual([
      'words without any end of a',
      'sentence between them',
    ]);
  });

  test('closes a fence and opens it again with its language', () => {
    const lines = Array.from({ length: 12 }, (_, line) => `const line${line} = ${line};`);
    const pieces = splitMarkdown(`\`\`\`ts\n${lines.join('\n')}\n\`\`\``, 100);
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) {
      expect(piece).toMatch(/^```ts\n[\s\S]*\n```$/u);
    }
    expect(pieces.map((piece) => piece.slice(6, -4)).join('\n')).toBe(lines.join('\n'));
  });

  test('a fence that holds fences keeps a longer one', () => {
    const inner = Array.from({ length: 6 }, () => '```\ncode\n```').join('\n');
    for (const piece of splitMarkdown(`~~~~md\n${inner}\n~~~~`, 60)) {
      expect(piece).toMatch(/^````md\n[\s\S]*\n````$/u);
    }
  });

  test('repeats the head of a table', () => {
    const rows = Array.from({ length: 20 }, (_, row) => `| row ${row} | \`a\\|b\` |`);
    const head = '| name | value |\n| --- | ---: |';
    const pieces = splitMarkdown(`${head}\n${rows.join('\n')}`, 120);
    expect(pieces.every((piece) => piece.startsWith(`${head}\n`))).toBe(true);
    expect(pieces.flatMap((piece) => piece.split('\n').slice(2))).toEqual(rows);
  });

  test('numbered items keep their numbers, however they were written', () => {
    const items = Array.from({ length: 12 }, (_, item) => `1. item ${'x'.repeat(item)}`);
    const pieces = splitMarkdown(items.join('\n'), 60);
    const numbers = pieces.join('\n').match(/^\d+(?=\.)/gmu);
    expect(numbers).toEqual(items.map((_, index) => String(index + 1)));
  });

  test('lists are cut between items, and what was nested stays nested', () => {
    const item = '- an item\n  - nested within it\n  - and another';
    const pieces = splitMarkdown(`${item}\n${item}\n${item}`, 60);
    expect(pieces).toEqual([item, item, item]);
  });

  test('a list that is one only after its paragraph keeps what follows it', () => {
    const pieces = splitMarkdown('a\n1. *\nwords that go on without indentation', 32);
    expect(pieces.join(' ')).toContain('words that go on without');
    expect(pieces.join(' ')).toContain('indentation');
  });

  test('quotes stay quotes', () => {
    const quote = '> One sentence stands here.\n>\n> Another sentence stands here.';
    expect(splitMarkdown(quote, 40)).toEqual([
      '> One sentence stands here.',
      '> Another sentence stands here.',
    ]);
  });

  test('formatting that is cut is closed and opened again', () => {
    const pieces = splitMarkdown(`**${'bold words '.repeat(10).trim()}**`, 40);
    expect(pieces.every((piece) => /^\*\*\S[^*]*\S\*\*$/u.test(piece))).toBe(true);
  });

  test('links are not cut where words can be', () => {
    const link = '[the guide](https://a.example/path_(with)_parentheses)';
    const pieces = splitMarkdown(`Some words come before the link ${link} and some after it.`, 64);
    expect(pieces.some((piece) => piece.includes(link))).toBe(true);
  });

  test('4,000 emoji are cut between families, not within', () => {
    const families = '👩‍👩‍👧‍👦'.repeat(4_000);
    const pieces = splitMarkdown(families, 2_000);
    expect(pieces.join('')).toBe(families);
    for (const piece of pieces) expect(new Set(clusters(piece))).toEqual(new Set(['👩‍👩‍👧‍👦']));
  });

  test('Japanese without spaces is cut after a sentence', () => {
    const sentence = 'これは日本語の文章です。';
    for (const piece of splitMarkdown(sentence.repeat(20), 50)) {
      expect(piece).toMatch(/^(?:これは日本語の文章です。)+$/u);
    }
  });

  test('right-to-left text keeps its words', () => {
    const words = 'זהו משפט ארוך בעברית שאין לו סוף ואין לו התחלה אבל יש לו מילים';
    expect(splitMarkdown(words, 32).join(' ')).toBe(words);
  });

  test('a cluster longer than a piece is the only one that is cut', () => {
    const zalgo = `e${'\u0301'.repeat(100)}`;
    const pieces = splitMarkdown(zalgo, 32);
    expect(pieces.join('')).toBe(zalgo);
  });

  test('measures in code points, or as the caller does', () => {
    const emoji = '🙂'.repeat(100);
    expect(splitMarkdown(emoji, 50, { measure: 'codePoints' })).toHaveLength(2);
    expect(splitMarkdown(emoji, 50)).toHaveLength(4);
    const doubled = splitMarkdown('word '.repeat(40), 50, { measure: (piece) => piece.length * 2 });
    expect(doubled.every((piece) => piece.length <= 25)).toBe(true);
  });

  test('words that would begin a list at the start of a piece stay words', () => {
    const pieces = splitMarkdown(`${'x'.repeat(30)} - ${'y'.repeat(28)} 1. ${'z'.repeat(28)}`, 32);
    for (const piece of pieces) expect(parseMarkdown(piece).children[0]?.type).toBe('paragraph');
  });
});
