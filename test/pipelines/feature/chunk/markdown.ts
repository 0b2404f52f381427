import fc from 'fast-check';

const word = fc.constantFrom(
  'cache',
  'redis',
  'we',
  'measure',
  'the',
  'Node.js',
  'queue',
  '3.5',
  'über',
  'it',
);

/** Sentences of plain prose, each ending in a full stop. */
export const sentence = fc
  .array(word, { minLength: 2, maxLength: 18 })
  .map((words) => `${`The ${words.join(' ')}`}.`);

export const paragraph = fc
  .array(sentence, { minLength: 1, maxLength: 14 })
  .map((sentences) => sentences.join(' '));

const line = fc.oneof(
  paragraph,
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), word)
    .map(([depth, text]) => `${'#'.repeat(depth)} ${text}`),
  fc.constantFrom(
    '',
    '',
    '',
    '---',
    '===',
    '***',
    '```',
    '```ts',
    '~~~',
    '<!-- note -->',
    '<!--',
    '-->',
  ),
  fc.constantFrom(
    '- item',
    '* other',
    '  - nested',
    '1. one',
    '   continued',
    '    indented',
    '\tTab',
  ),
  fc.constantFrom(
    '> quoted',
    '> - in quote',
    '| a | b |',
    '|---|---|',
    '| 1 | 2 |',
    '[ref]: https://x.y',
  ),
  fc.constantFrom(
    '<div>',
    '</div>',
    '<pre>',
    'Share',
    'Setext',
    '[^1]: foot',
    '漢字かな交じり文です。次の文。',
    '😀 emoji',
  ),
  fc.constantFrom(
    '[link](https://a.b/?utm_source=x)',
    '  ```',
    '- ```',
    '\r',
    'a | b',
    '--- | ---',
    '**bold** x',
  ),
);

/** Lines of everything Markdown has, in any order: what people write, and what they never would. */
export const markdownSoup = fc.array(line, { maxLength: 60 }).map((lines) => lines.join('\n'));
