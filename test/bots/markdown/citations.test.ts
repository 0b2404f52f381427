import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CitedPart, openCitedText } from '../../../bots/markdown/citations.ts';

const drawn = (...parts: readonly CitedPart[]) => {
  const text = openCitedText((number) => `[${number}]`);
  for (const part of parts) text.add(part);
  return text.whole();
};
const part = (text: string, ...citations: readonly number[]): CitedPart => ({ text, citations });

describe('citations', () => {
  test.each([
    ['stand behind their part', [part('One.', 1), part(' Two.', 2)], 'One. [1] Two. [2]'],
    ['are shared by sentences that run on', [part('One.', 1), part(' Two.', 1)], 'One. Two. [1]'],
    [
      'are not shared by paragraphs',
      [part('One.', 1), part('\n\nTwo.', 1)],
      'One. [1]\n\nTwo. [1]',
    ],
    ['of several sources stand together', [part('One.', 1, 3)], 'One. [1] [3]'],
    ['of nothing are nothing', [part('One.'), part(' Two.')], 'One. Two.'],
    [
      'get a line of their own behind a fence, shared with the sentence before it',
      [part('So:', 1), part('\n\n```\ncode\n```', 1)],
      'So:\n\n```\ncode\n```\n\n[1]',
    ],
    [
      'before the fence of another source stay',
      [part('So:', 1), part('\n\n```\ncode\n```', 2)],
      'So: [1]\n\n```\ncode\n```\n\n[2]',
    ],
    [
      'get a line of their own behind a table',
      [part('\n| a |\n|---|\n| 1 |', 4), part('\n\nMore.', 5)],
      '\n| a |\n|---|\n| 1 |\n\n[4]\n\nMore. [5]',
    ],
  ])('%s', (_, parts, expected) => expect(drawn(...parts)).toBe(expected));

  test('what is settled stays as it is, whatever comes', () => {
    const parts = fc.array(
      fc.record({
        text: fc.oneof(fc.string(), fc.constantFrom('\n\n```\nx\n```', '| a |', ' so.')),
        citations: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      }),
    );
    fc.assert(
      fc.property(parts, (all) => {
        const text = openCitedText((number) => `[${number}]`);
        let before = '';
        for (const each of all) {
          text.add(each);
          expect(text.settled().startsWith(before)).toBe(true);
          expect(text.whole().startsWith(text.settled())).toBe(true);
          before = text.settled();
        }
      }),
    );
  });
});
