import fc from 'fast-check';

/** Everything that could mention somebody on Slack or Discord, in the ways people try. */
export const pings = [
  '<!channel>',
  '<!here>',
  '<!everyone|everyone>',
  '<@U123ABC>',
  '<@123456789>',
  '<@!123456789>',
  '<@&123>',
  '<#C123|general>',
  '<#123>',
  '<!subteam^S1|@team>',
  '<!date^1392734382^{date}|now>',
  '</ask:123>',
  '<t:1700000000:R>',
  '<:smile:123>',
  '<a:smile:123>',
  '<id:customize>',
  '@channel',
  '@here',
  '@everyone',
  '@Everyone',
  '&lt;!channel&gt;',
  '&lt;@U123&gt;',
  '\\<!here>',
  '<\\!here>',
  '@&#8203;here',
  '@\u0007everyone',
  '<\u0007!channel>',
  '@[](https://a.example)here',
  '@![](x)everyone',
  '&#64;everyone',
  '[x](https://a.example/@everyone)',
  '[@here](https://a.example/?q=<!channel>)',
  '[x](<https://a.example/<@U1>>)',
  '![<!channel>](https://a.example/i.png)',
  '`@everyone <!channel>`',
  '```\n<!here> @everyone <@U1>\n```',
  '    <!here> @everyone',
  'mail@here.com',
  'https://x@here/',
];

/** Pieces of syntax that mean something alone or beside another. */
const scraps = [
  ...[
    '*',
    '**',
    '_',
    '__',
    '~~',
    '`',
    '``',
    '```',
    '~~~',
    '[',
    ']',
    '(',
    ')',
    '![',
    '](',
    '<',
    '>',
  ],
  ...['|', '|-|', '| a | b |\n|---|---|\n', '# ', '- ', '1. ', '> ', '    ', '\n', '\n\n', '  \n'],
  ...[
    '\\',
    '\\\n',
    '\\*',
    '&amp;',
    '&#10;',
    '&#27;',
    '---',
    '===',
    '[^1]',
    '[^1]: note',
    '\r\n',
    '\t',
  ],
  ...['https://a.example/b_(c)', 'www.a.example', 'javascript:alert(1)', '[a](https://b.example)'],
  ...[
    'a',
    'word',
    ' ',
    'two words',
    '日本語',
    'です。',
    '🙂',
    '👩‍👩‍👧‍👦',
    'é',
    'e\u0301',
    'שלום',
    '\u200F',
    '\uD83D',
  ],
  ...[
    '**bold**',
    '*it*',
    '`code`',
    '```js\nlet a;\n```',
    '- [ ] todo',
    '2',
    '10)',
    '.',
    '!',
    ':',
    '@',
  ],
];

export const hostile = fc
  .array(
    fc.oneof(fc.constantFrom(...scraps), fc.constantFrom(...pings), fc.string({ maxLength: 6 })),
    {
      maxLength: 24,
    },
  )
  .map((parts) => parts.join(''));

export const anything = fc.oneof(
  { weight: 3, arbitrary: hostile },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

const word = fc.constantFrom(
  ...[
    'a',
    'the',
    'release',
    'queue',
    'naïve',
    '日本語',
    '東京',
    'سلام',
    'words',
    'index',
    '🙂',
    '42',
    'x',
  ],
);
const words = fc.array(word, { minLength: 1, maxLength: 8 }).map((all) => all.join(' '));
const inline = fc.oneof(
  words,
  words.map((text) => `**${text}**`),
  words.map((text) => `*${text}*`),
  words.map((text) => `~~${text}~~`),
  word.map((text) => `\`${text}\``),
  words.map((text) => `[${text}](https://a.example/x)`),
);
const sentence = fc
  .array(inline, { minLength: 1, maxLength: 6 })
  .map((parts) => `${parts.join(' ')}.`);
const paragraph = fc.array(sentence, { minLength: 1, maxLength: 5 }).map((all) => all.join(' '));
const bullets = fc
  .array(fc.tuple(sentence, fc.boolean()), { minLength: 1, maxLength: 6 })
  .map((items) =>
    items.map(([text, deep]) => `- ${text}${deep ? '\n  - within\n  - again' : ''}`).join('\n'),
  );
const numbers = fc
  .array(sentence, { minLength: 1, maxLength: 12 })
  .map((items) => items.map((text, index) => `${index + 1}. ${text}`).join('\n'));
const fence = fc
  .array(fc.constantFrom('let a = 1;', '', '  indented', '# not a heading', '`ticks`'), {
    maxLength: 20,
  })
  .map((lines) => `\`\`\`js\n${lines.join('\n')}\n\`\`\``);
const table = fc
  .array(fc.tuple(words, words), { maxLength: 12 })
  .map((rows) =>
    ['| a | b |', '| --- | ---: |', ...rows.map(([a, b]) => `| ${a} | ${b} |`)].join('\n'),
  );
const quote = fc
  .array(paragraph, { minLength: 1, maxLength: 3 })
  .map((all) => `> ${all.join('\n>\n> ')}`);
const heading = fc
  .tuple(fc.integer({ min: 1, max: 6 }), words)
  .map(([depth, text]) => `${'#'.repeat(depth)} ${text}`);

/** Well-formed documents as authors and models write them; adjoining lists are kept apart by a paragraph. */
export const document = fc
  .array(fc.tuple(fc.oneof(bullets, numbers, fence, table, quote, heading, paragraph), paragraph), {
    minLength: 1,
    maxLength: 6,
  })
  .map((blocks) => blocks.flat().join('\n\n'));
