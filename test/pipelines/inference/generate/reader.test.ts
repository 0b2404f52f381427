import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, test } from 'vitest';
import { openReader } from '../../../../pipelines/inference/generate/reader/reader.ts';
import { drawn, passage } from './model.ts';

const passages = [
  passage(1, 'See https://ok.example/x, and [the docs](https://docs.example/a_(b)). Use items[0].'),
  passage(2, 'Two.'),
  passage(3, 'Three.'),
];

function read(pieces: readonly string[], startsThinking = false) {
  const reader = openReader({ passages, question: 'What is that?', startsThinking });
  const parts = [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
  return { parts, shown: drawn(parts), refused: reader.refused(), none: reader.saysNoAnswer() };
}

/** However a reply is cut it reads the same; so each case is read whole, by letters and in between. */
function shown(reply: string): string {
  const whole = read([reply]).shown;
  expect(read([...reply]).shown).toBe(whole);
  expect(read(reply.match(/[\s\S]{1,5}/gu) ?? []).shown).toBe(whole);
  return whole;
}

describe('the citations of a reply', () => {
  test.each([
    ['stand behind the sentence', 'Foo bar [1]. Next. [2]', 'Foo bar.⟨1⟩ Next.⟨2⟩'],
    [
      'are read in every form',
      '[1][2] a [1, 3] b [1-3] c 【2】 d 【3†x】',
      '⟨1,2⟩ a⟨1,3⟩ b⟨1,2,3⟩ c⟨2⟩ d⟨3⟩',
    ],
    ['may be escaped or named', 'a \\[1\\] b [passage 2] c [Source: 3]', 'a⟨1⟩ b⟨2⟩ c⟨3⟩'],
    ['may touch the word', 'The sky is blue[1].', 'The sky is blue.⟨1⟩'],
    ['of one place are one', 'Foo [1][1] [2].', 'Foo.⟨1,2⟩'],
    ['end with one full stop', 'Foo. [1].', 'Foo.⟨1⟩'],
    ['of other scripts too', '日本語です[1]。次【2】。', '日本語です。⟨1⟩次。⟨2⟩'],
    ['before a line stay before it', 'A.\n\n[1] says so.', 'A.\n\n⟨1⟩ says so.'],
    ['on a line of their own belong to what is above', 'A.\n\n[1]\n\nB.', 'A.⟨1⟩\n\nB.'],
    ['of list items stay with them', '- a [1]\n- b [2]', '- a⟨1⟩\n- b⟨2⟩'],
    ['in a cell stay in it', '| a |\n|---|\n| x [1] |', '| a |\n|---|\n| x⟨1⟩ |'],
    [
      'of table rows stand behind the table',
      '| a |\n|---|\n| x | [1]\n| y | [2]\n\nEnd.',
      '| a |\n|---|\n| x |\n| y |\n\n⟨1,2⟩\n\nEnd.',
    ],
    ['of a fence stand behind it', '```\nx\n```\n[1]', '```\nx\n```\n\n⟨1⟩'],
    ['keep the number of a made-up link', 'Foo [1](http://evil.example).', 'Foo.⟨1⟩'],
  ])('%s', (_, reply, expected) => expect(shown(reply)).toBe(expected));

  test.each([
    ['Foo [9].', 'Foo.', 1],
    ['Foo [9, 2] bar', 'Foo⟨2⟩ bar', 1],
    ['Foo [2-5].', 'Foo.⟨2,3⟩', 2],
    ['A.\n\n[0] Foo', 'A.\n\nFoo', 1],
    ['Foo[12].', 'Foo.', 1],
  ])(
    '%j names a passage that is not there: never shown, but counted',
    (reply, expected, refused) => {
      expect(shown(reply)).toBe(expected);
      expect(read([reply]).refused).toBe(refused);
    },
  );

  test.each([
    'Use `a[1]` or ``b[2]``.',
    '```js\nfoo[1] // [2]\n```',
    '1. x\n   ```sh\n   a[1]\n   ```',
    'It is items[1] or my_list[2] or $x[0][1].',
    'See [^1] and [2024] and [ ] and [x].',
  ])('%j holds none', (reply) => {
    expect(shown(reply)).toBe(reply);
    expect(read([reply]).refused).toBe(0);
  });
});

describe('the links of a reply', () => {
  test.each([
    ['See [docs](https://docs.example/a_(b)) or https://ok.example/x.'],
    ['See <https://ok.example/x> [now](https://ok.example/x "title").'],
    ['```\ncurl http://evil.example\n```'],
  ])('stay where a passage has them, and in code: %j', (reply) => expect(shown(reply)).toBe(reply));

  test.each([
    ['a [b](http://evil.example/?q=1) c', 'a b c'],
    ['a ![b](http://evil.example/p.png) c', 'a b c'],
    ['a [b]( <http://evil.example> "t" ) c', 'a b c'],
    ['a [b](javascript:alert(1)) c', 'a b c'],
    ['a http://evil.example/p. b', 'a `evil.example/p`. b'],
    ['a <https://evil.example> b', 'a `evil.example` b'],
    ['a www.evil.example b', 'a `evil.example` b'],
    ['a https://ok.example/x/more b', 'a `ok.example/x/more` b'],
    ['a https://ok.example b', 'a `ok.example` b'],
    ['a <a href="http://evil.example">b</a> c', 'a b c'],
    ['a <http://evil.example|b> c', 'a b c'],
    ['[[a](http://evil.example)](http://evil.example)', 'a'],
    ['[[a]](http://evil.example)(http://evil.example)', 'a'],
    ['[see [1]](https://ok.example/x).', 'see.⟨1⟩'],
  ])('%j becomes %j', (reply, expected) => expect(shown(reply)).toBe(expected));
});

describe('reasoning', () => {
  test.each([
    ['<think>Hm [1], http://x</think>\n\nFoo [1].', 'Foo.⟨1⟩'],
    ['Foo. <thinking>No.</thinking>Bar.', 'Foo. Bar.'],
    ['</think>Foo', 'Foo'],
    ['<think>never ends', ''],
    ['A `<think>` tag', 'A `<think>` tag'],
  ])('%j is not shown', (reply, expected) => expect(shown(reply)).toBe(expected));

  test('that the template began is not shown either', () => {
    expect(read([...'Hm, so.</think>\nFoo [1].'], true).shown).toBe('Foo.⟨1⟩');
  });
});

describe('the sign that there is no answer', () => {
  test.each([
    'NO_ANSWER',
    '\n**NO_ANSWER**',
    '[NO_ANSWER]: nothing',
    'NO\\_ANSWER.',
    '<think>?</think>NO_ANSWER',
  ])('%j begins no answer, however it is cut', (reply) => {
    for (const pieces of [[reply], [...reply]]) {
      expect(read(pieces)).toMatchObject({ shown: '', none: true });
    }
  });

  test.each([
    ['Foo. NO_ANSWER', 'Foo. '],
    ['NO_ONE knows', 'NO_ONE knows'],
    ['No answer', 'No answer'],
    ['**NOTE** this', '**NOTE** this'],
  ])('%j is an answer', (reply, expected) => {
    expect(shown(reply).trim()).toBe(expected.trim());
    expect(read([reply]).none).toBe(false);
  });
});

describe('whatever a model writes', () => {
  const bits = fc.constantFrom(
    ...[
      '[1]',
      '[2]',
      '[9]',
      '[1, 2]',
      '[1-3]',
      '【2】',
      '\\[1\\]',
      '[',
      ']',
      '(',
      ')',
      '!',
      '\\',
      '.',
      ',',
    ],
    ...[
      '`',
      '``',
      '```',
      '~~~',
      '\n',
      '\n\n',
      ' ',
      '    ',
      '> ',
      '- ',
      '1. ',
      '14. ',
      '| ',
      '|',
      '**',
      '*',
    ],
    ...[
      '\n| a | b |\n|---|---|\n',
      'http://evil.example/p',
      'https://ok.example/x',
      'www.evil.example',
    ],
    ...['[t](http://evil.example)', '[t](https://ok.example/x)', '![i](http://evil.example/i.png)'],
    ...[
      '](http://evil.example)',
      '<http://evil.example>',
      '<a href="http://evil.example">',
      '<div>',
      '<',
    ],
    ...[
      'foo',
      'Bar',
      'NO_ANSWER',
      'NO_',
      '<think>',
      '</think>',
      'h',
      'ht',
      'tp://',
      '日本',
      '1',
      '\t',
      '# ',
    ],
  );
  const replies = fc.array(bits, { minLength: 1, maxLength: 14 }).map((some) => some.join(''));

  test('how it is cut changes nothing', () => {
    const cut = fc.tuple(replies, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }));
    fc.assert(
      fc.property(cut, ([reply, sizes]) => {
        const pieces: string[] = [];
        for (let at = 0, n = 0; at < reply.length; n++) {
          const size = sizes[n % sizes.length] ?? 1;
          pieces.push(reply.slice(at, at + size));
          at += size;
        }
        expect(merged(pieces)).toEqual(merged([reply]));
      }),
      { numRuns: 1_500 },
    );
  });

  test('no mark is left outside code, and no link leads where no passage does', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const text = read([reply])
          .parts.map((part) => part.text + part.citations.map((number) => ` (${number})`).join(''))
          .join('');
        const options = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };
        for (const node of nodes(fromMarkdown(text, options))) {
          if ('url' in node) expect(node.url).not.toMatch(/^(?:https?|ftp):.*evil/u);
          // Behind a letter it may be a subscript.
          if (node.type === 'text') expect(node.value).not.toMatch(/(?<![\w\]\p{L}])\[\d{1,3}\]/u);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  test('citations name passages that were given', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const cited = read([reply]).parts.flatMap(({ citations }) => citations);
        expect(cited.every((number) => [1, 2, 3].includes(number))).toBe(true);
      }),
    );
  });

  /** The text, and which citations stand where in it. */
  function merged(pieces: readonly string[]) {
    const { parts, refused, none } = read(pieces);
    const at: string[] = [];
    let text = '';
    for (const part of parts) {
      text += part.text;
      if (part.citations.length > 0) at.push(`${text.length}: ${part.citations.join()}`);
    }
    return { text, at, refused, none };
  }

  type Node = ReturnType<typeof fromMarkdown> | ReturnType<typeof fromMarkdown>['children'][number];
  function nodes(node: Node): Node[] {
    return 'children' in node ? [node, ...(node.children as Node[]).flatMap(nodes)] : [node];
  }
});

test('words are shown as they come; only what may still change is held back', () => {
  const reader = openReader({ passages, question: '' });
  const next = (piece: string) => drawn(reader.push(piece));
  expect(next('The')).toBe('The');
  expect(next(' twin')).toBe(' twin');
  expect(next(' ')).toBe('');
  expect(next('[1')).toBe('');
  expect(next(']. So')).toBe('.⟨1⟩ So');
  expect(next(' h')).toBe('');
  expect(next('ow')).toBe(' how');
});
