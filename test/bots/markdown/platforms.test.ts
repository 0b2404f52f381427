import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discordMarkdown } from '../../../bots/markdown/discord.ts';
import { plainText } from '../../../bots/markdown/plain.ts';
import { slackMarkdown, slackMrkdwn } from '../../../bots/markdown/slack.ts';
import { splitMarkdown } from '../../../bots/markdown/split.ts';
import { terminalMarkdown } from '../../../bots/markdown/terminal.ts';
import { anything, document, hostile, pings } from './documents.ts';
import { discordPing, slackPing } from './pings.ts';

const toTerminal = (markdown: string) => terminalMarkdown(markdown, { colour: false, width: 80 });
const joiner = /[\u2060\u200B]/gu;
const shown = (text: string) => text.replace(joiner, '');

describe('nothing in an answer mentions anybody', () => {
  test('the recognisers know what they look for', () => {
    expect(slackPing('Hello <!channel>')).toBe('<!c');
    expect(slackPing('Hello &lt;@U123&gt;')).toBe('<@');
    expect(slackPing('Hello @\u0007here')).toBe('@here');
    expect(slackPing('me at home.example')).toBeNull();
    expect(discordPing('Hello <@&123>')).toBe('<@&1');
    expect(discordPing('Hello </ask:1>')).toBe('</ask:1');
    expect(discordPing('Hello <https://a.example>')).toBeNull();
  });

  test.each(pings)('%s', (ping) => {
    for (const markdown of [
      ping,
      `a ${ping} b`,
      `**${ping}**`,
      `- ${ping}`,
      `# ${ping}`,
      `| ${ping} |\n|---|\n| ${ping} |`,
    ]) {
      expect(slackPing(slackMarkdown(markdown))).toBeNull();
      expect(slackPing(slackMrkdwn(markdown))).toBeNull();
      expect(discordPing(discordMarkdown(markdown))).toBeNull();
    }
  });

  test('whatever the Markdown, links allowed or not', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, anything), fc.boolean(), (markdown, allowed) => {
        const options = { mayLink: () => allowed };
        expect(slackPing(slackMarkdown(markdown, options))).toBeNull();
        expect(slackPing(slackMrkdwn(markdown, options))).toBeNull();
        expect(discordPing(discordMarkdown(markdown, options))).toBeNull();
      }),
      { numRuns: 1_500 },
    );
  });

  test('and in pieces of it', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 32, max: 80 }), (markdown, limit) => {
        for (const piece of splitMarkdown(markdown, limit)) {
          expect(slackPing(slackMarkdown(piece))).toBeNull();
          expect(discordPing(discordMarkdown(piece))).toBeNull();
        }
        for (const piece of splitMarkdown(discordMarkdown(markdown), limit)) {
          expect(discordPing(piece)).toBeNull();
        }
      }),
      { numRuns: 500 },
    );
  });

  test('and it looks as it did', () => {
    expect(shown(slackMarkdown('Hello @here'))).toBe('Hello @here');
    expect(shown(discordMarkdown('`@everyone`'))).toBe('`@everyone`');
  });
});

describe('whatever the Markdown', () => {
  /** ESC, BEL, and the eight-bit forms of escape sequences. */
  const commands = /(?!\n)\p{Cc}|[\u202D\u202E]/u;

  test('no control character comes out, nor half a character', () => {
    fc.assert(
      fc.property(anything, (markdown) => {
        for (const render of [slackMarkdown, slackMrkdwn, discordMarkdown, plainText, toTerminal]) {
          const written = render(markdown);
          expect(written).not.toMatch(commands);
          expect(written.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('styles are the only escape sequences in a terminal', () => {
    fc.assert(
      fc.property(anything, (markdown) => {
        const styled = terminalMarkdown(markdown, { colour: true, width: 40 });
        expect(styled.replace(/\p{Cc}\[\d{1,2}m/gu, '')).not.toMatch(commands);
      }),
    );
  });

  test('links lead only to the web and to mail', () => {
    fc.assert(
      fc.property(hostile, (markdown) => {
        const mrkdwn = slackMrkdwn(markdown);
        for (const [, target] of mrkdwn.matchAll(/<([^>|]*)[>|]/gu)) {
          expect(target).toMatch(/^(?:https?:\/\/|mailto:)/u);
        }
        for (const [, target] of discordMarkdown(markdown).matchAll(/(?<!\\)\]\(<([^>]*)>\)/gu)) {
          expect(target).toMatch(/^https?:\/\//u);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('words of documents come through on every platform', () => {
    const letters = (text: string) => text.match(/[\p{L}\p{N}]+/gu)?.join('') ?? '';
    const withoutCode = document.filter((markdown) => !/[`|[]/u.test(markdown));
    fc.assert(
      fc.property(withoutCode, (markdown) => {
        const words = letters(markdown);
        for (const render of [slackMarkdown, slackMrkdwn, discordMarkdown, plainText, toTerminal]) {
          expect(letters(render(markdown))).toBe(words);
        }
      }),
    );
  });

  test.each([
    '>'.repeat(5_000),
    '- '.repeat(5_000),
    '*'.repeat(5_000),
    '['.repeat(5_000),
    '!['.repeat(5_000),
    '*a **b '.repeat(2_000),
    '`a``b'.repeat(2_000),
    '|'.repeat(5_000),
  ])('nesting beyond reason is the text it is: %.12s…', (markdown) => {
    for (const render of [slackMarkdown, slackMrkdwn, discordMarkdown, plainText, toTerminal]) {
      expect(render(markdown).length).toBeGreaterThan(0);
    }
  });
});

describe.each([
  [
    'emphasis',
    '**b** *i* ~~s~~ `c`',
    '**b** *i* ~~s~~ `c`',
    '*b* _i_ ~s~ `c`',
    '**b** *i* ~~s~~ `c`',
    'b i s c',
  ],
  [
    'headings',
    '# A **b**\n\n##### C',
    '# A **b**\n\n##### C',
    '*A b*\n\n*C*',
    '# A **b**\n\n**C**',
    'A b\n\nC',
  ],
  [
    'a link',
    '[a](https://b.example/c)',
    '[a](https://b.example/c)',
    '<https://b.example/c|a>',
    '[a](<https://b.example/c>)',
    'a (https://b.example/c)',
  ],
  [
    'a link with parentheses',
    '[a](https://b.example/c_(d))',
    '[a](https://b.example/c_%28d%29)',
    '<https://b.example/c_%28d%29|a>',
    '[a](<https://b.example/c_%28d%29>)',
    'a (https://b.example/c_%28d%29)',
  ],
  [
    'a bare link',
    'https://b.example/c',
    '<https://b.example/c>',
    '<https://b.example/c>',
    '<https://b.example/c>',
    'https://b.example/c',
  ],
  [
    'a link that acts',
    '[a](javascript:alert)',
    'a (javascript:alert)',
    'a (javascript:alert)',
    'a (javascript:alert)',
    'a (javascript:alert)',
  ],
  [
    'a link that disguises its host',
    '[a](https://bank.example@evil.example)',
    '[a](https://evil.example/)',
    '<https://evil.example/|a>',
    '[a](<https://evil.example/>)',
    'a (https://evil.example/)',
  ],
  [
    'an image',
    '![a plan](https://b.example/p.png)',
    '[a plan](https://b.example/p.png)',
    '<https://b.example/p.png|a plan>',
    '[a plan](<https://b.example/p.png>)',
    'a plan (https://b.example/p.png)',
  ],
  [
    'nested lists',
    '- a\n  1. b\n  2. c\n     - d\n- e',
    '- a\n  1. b\n  2. c\n     - d\n- e',
    '• a\n  1. b\n  2. c\n     • d\n• e',
    '- a\n  1. b\n  2. c\n     - d\n- e',
    '- a\n  1. b\n  2. c\n     - d\n- e',
  ],
  [
    'tasks',
    '- [x] done\n- [ ] open',
    '- [x] done\n- [ ] open',
    '• ☑ done\n• ☐ open',
    '- ☑ done\n- ☐ open',
    '- [x] done\n- [ ] open',
  ],
  ['a quote', '> a\n> b', '> a\n> b', '> a\n> b', '> a\n> b', '> a\n> b'],
  [
    'a table with pipes and code',
    '| a | b |\n|---|--:|\n| `x\\|y` | 10 |\n| 日本 | 2 |',
    '| a | b |\n| --- | --: |\n| `x\\|y` | 10 |\n| 日本 | 2 |',
    '```\na    |   b\n-----+----\nx|y  |  10\n日本 |   2\n```',
    '```\na    |   b\n-----+----\nx|y  |  10\n日本 |   2\n```',
    'a    |   b\n-----+----\nx|y  |  10\n日本 |   2',
  ],
  [
    'HTML',
    'a <b>c</b> & d',
    'a \\<b>c\\</b> & d',
    'a &lt;b&gt;c&lt;/b&gt; &amp; d',
    'a <b>c</b> & d',
    'a <b>c</b> & d',
  ],
  [
    'a footnote',
    'a[^1]\n\n[^1]: note',
    'a\\[^1\\]\n\n\\[^1\\]: note',
    'a[^1]\n\n[^1]: note',
    'a\\[^1\\]\n\n\\[^1\\]: note',
    'a[^1]\n\n[^1]: note',
  ],
  [
    'marks that mean nothing',
    '2 \\* 3 and \\_a\\_ snake_case',
    '2 \\* 3 and \\_a\\_ snake_case',
    '2 * 3 and ˍaˍ snake_case',
    '2 \\* 3 and \\_a\\_ snake_case',
    '2 * 3 and _a_ snake_case',
  ],
  ['a line that looks like a list', 'a\n2\\. b', 'a\n2\\. b', 'a\n2. b', 'a\n2\\. b', 'a\n2. b'],
  [
    'bold within Japanese',
    'これは**太字**です',
    'これは**太字**です',
    'これは*太字*です',
    'これは**太字**です',
    'これは太字です',
  ],
  ['Hebrew', 'שלום **עולם**', 'שלום **עולם**', 'שלום *עולם*', 'שלום **עולם**', 'שלום עולם'],
  [
    'a fence',
    '~~~js x=1\na < b\n~~~',
    '```js\na < b\n```',
    '```\na &lt; b\n```',
    '```js\na < b\n```',
    'a < b',
  ],
])('%s', (_name, markdown, standard, mrkdwn, discord, plain) => {
  test('for Slack', () => expect(shown(slackMarkdown(markdown))).toBe(standard));
  test('as mrkdwn', () => expect(shown(slackMrkdwn(markdown))).toBe(mrkdwn));
  test('for Discord', () => expect(shown(discordMarkdown(markdown))).toBe(discord));
  test('as plain text', () => expect(plainText(markdown)).toBe(plain));
});

describe('code that holds fences', () => {
  const nested = '````\n```\ninner\n```\n````';

  test('cannot end its own on Slack and Discord', () => {
    for (const render of [slackMarkdown, slackMrkdwn, discordMarkdown]) {
      expect(render(nested).match(/```/gu)).toHaveLength(2);
      expect(shown(render(nested))).toBe('```\n```\ninner\n```\n```');
    }
  });
});

describe('links by permission', () => {
  const mayLink = (url: string) => url.startsWith('https://known.example/');

  test('lead only where they may, the others are their words', () => {
    const markdown =
      '[a](https://known.example/1) [b](https://else.example) https://else.example/x';
    expect(slackMarkdown(markdown, { mayLink })).toBe(
      '[a](https://known.example/1) b https:\u2060//else.example/x',
    );
    expect(discordMarkdown('[www.b.example](https://else.example)', { mayLink })).toBe(
      'www.b.example',
    );
  });
});

describe('in a terminal', () => {
  test('prose is broken at the width, by what it takes on the screen', () => {
    const lines = terminalMarkdown('words '.repeat(20), { colour: false, width: 32 }).split('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(32);
    expect(terminalMarkdown('日本 '.repeat(8), { colour: false, width: 20 })).toBe(
      '日本 日本 日本 日本\n日本 日本 日本 日本',
    );
  });

  test('marks become styles', () => {
    const styled = terminalMarkdown('**b** `c`', { colour: true, width: 80 });
    expect(styled).toBe('\u001B[1mb\u001B[22m \u001B[36mc\u001B[39m');
  });

  test('a table that is too wide is written row by row', () => {
    const table = `| name | text |\n|---|---|\n| one | ${'long '.repeat(10)} |`;
    expect(terminalMarkdown(table, { colour: false, width: 30 })).toBe(
      `name: one\ntext: ${'long '.repeat(10).trim()}`,
    );
  });
});
