import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slackMarkdown } from '../../../bots/markdown/slack.ts';
import { safePrefix, slackAppendable } from '../../../bots/markdown/stream.ts';
import { anything, document } from './documents.ts';

const settled = (markdown: string) => markdown.slice(0, safePrefix(markdown));

describe('what may be sent of a growing answer', () => {
  test.each([
    ['', ''],
    ['Hello wor', 'Hello '],
    ['Hello world ', 'Hello world '],
    ['Hello **wor', 'Hello '],
    ['Hello **world** an', 'Hello **world** '],
    ['See [the guide', 'See '],
    ['See [the guide]', 'See '],
    ['See [the guide](https://a.example', 'See '],
    ['See [the guide](https://a.example) or', 'See [the guide](https://a.example) '],
    ['See ![the guide', 'See '],
    ['Run `npm in', 'Run '],
    ['Run `npm install` no', 'Run `npm install` '],
    ['2 * 3 is six', '2 * 3 is '],
    ['Words.\n\n| a | b |', 'Words.\n\n'],
    ['Words.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n', 'Words.\n\n'],
    ['| a |\n|---|\n| 1 |\n\nAfter it', '| a |\n|---|\n| 1 |\n\nAfter '],
    ['Words\n-', 'Words\n'],
    ['Words\n- one', 'Words\n'],
    ['Words\n- one two', 'Words\n- one '],
    ['```js\nlet a = 1;\nlet b', '```js\nlet a = 1;\n'],
    ['日本語のテキスト', '日本語のテキス'],
    ['これは**太字', 'これは'],
    ['これは**太字**です。次', 'これは**太字**です。'],
    ['see https://a.example/日本', 'see '],
    ['half 🙂\uD83D', 'half '],
    ['&am', ''],
  ])('of %j: %j', (markdown, prefix) => {
    expect(settled(markdown)).toBe(prefix);
  });

  const cuts = (of: fc.Arbitrary<string>) => fc.tuple(of, fc.nat(), fc.nat());
  const growing = ([whole, one, two]: [string, number, number]) => {
    const [a, b] = [one % (whole.length + 1), two % (whole.length + 1)].sort((x, y) => x - y);
    return [whole.slice(0, a), whole.slice(0, b)] as const;
  };

  test('only grows', () => {
    fc.assert(
      fc.property(cuts(fc.oneof(anything, document)), (drawn) => {
        const [shorter, longer] = growing(drawn);
        expect(safePrefix(shorter)).toBeLessThanOrEqual(safePrefix(longer));
      }),
      { numRuns: 1_000 },
    );
  });

  test('is never taken back: what was rendered begins what is rendered later', () => {
    fc.assert(
      fc.property(cuts(fc.oneof(anything, document)), (drawn) => {
        const [shorter, longer] = growing(drawn);
        const [before, after] = [slackAppendable(shorter), slackAppendable(longer)];
        expect(after.slice(0, before.length)).toBe(before);
      }),
      { numRuns: 1_000 },
    );
  });

  test('begins the whole answer', () => {
    fc.assert(
      fc.property(document, fc.nat(), (whole, at) => {
        const sent = slackAppendable(whole.slice(0, at % (whole.length + 1)));
        expect(slackMarkdown(whole).slice(0, sent.length)).toBe(sent);
      }),
    );
  });

  test('keeps up: of a paragraph of plain words only the last word waits', () => {
    const plain = 'every word of this sentence goes out as soon as the next one begins';
    for (let at = 0; at <= plain.length; at++) {
      const waiting = at - safePrefix(plain.slice(0, at));
      expect(waiting).toBeLessThanOrEqual(8);
    }
  });
});
