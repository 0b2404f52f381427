import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { healMarkdown } from '../../../bots/markdown/heal.ts';
import { anything, document } from './documents.ts';

describe('a Markdown cut in mid-stream', () => {
  test.each([
    ['', ''],
    ['plain words', 'plain words'],
    ['a **bold wor', 'a **bold wor**'],
    ['a **bold ', 'a **bold** '],
    ['a **', 'a '],
    ['a *it **both', 'a *it **both***'],
    ['a ~~gone', 'a ~~gone~~'],
    ['run `npm ins', 'run `npm ins`'],
    ['run `', 'run '],
    ['run ``a `b', 'run ``a `b``'],
    ['see [the gui', 'see the gui'],
    ['see [the guide](https://a.exa', 'see the guide'],
    ['see [**the** guide](https://a.exa', 'see **the** guide'],
    ['see ![the plan](https://a.exa', 'see the plan'],
    ['it is [1]', 'it is [1]'],
    ['5*3 is', '5*3 is'],
    ['2 * 3 is', '2 * 3 is'],
    ['snake_case and _emph', 'snake_case and _emph_'],
    ['```js\nlet a', '```js\nlet a\n```'],
    ['```js\nlet a\n', '```js\nlet a\n```'],
    ['~~~\n```\n', '~~~\n```\n~~~'],
    ['````\n```\na', '````\n```\na\n````'],
    ['- ```\n  a', '- ```\n  a\n  ```'],
    ['> ```\n> a', '> ```\n> a\n> ```'],
    ['words\n\n| a |', 'words\n\n'],
    ['words\n\n| a |\n|---|\n| 1 |', 'words\n\n'],
    ['| a |\n|---|\n| 1 |\n\nafter', '| a |\n|---|\n| 1 |\n\nafter'],
    ['- a\n- **b', '- a\n- **b**'],
    ['# a *b', '# a *b*'],
    ['half \uD83D', 'half '],
  ])('%j is shown as %j', (partial, healed) => {
    expect(healMarkdown(partial)).toBe(healed);
  });

  test('healing twice is healing once', () => {
    fc.assert(
      fc.property(anything, (partial) => {
        const healed = healMarkdown(partial);
        expect(healMarkdown(healed)).toBe(healed);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a document that is whole stays as it is', () => {
    fc.assert(
      fc.property(document, (whole) => {
        expect(healMarkdown(`${whole}\n\n`)).toBe(`${whole}\n\n`);
      }),
    );
  });

  test('cut anywhere, at most the last block is touched', () => {
    fc.assert(
      fc.property(document, fc.nat(), (whole, at) => {
        const partial = whole.slice(0, at % (whole.length + 1));
        const blocks = partial.split('\n\n').slice(0, -1).join('\n\n');
        // A blank line within a fence or list makes several "blocks" of one: those keep their start.
        const kept = /```|^[-\d>|]/mu.test(partial) ? '' : blocks;
        expect(healMarkdown(partial).startsWith(kept)).toBe(true);
      }),
    );
  });
});
