import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean } from '../../../../pipelines/feature/clean/clean.ts';
import { markdownSoup } from '../chunk/markdown.ts';

describe('links', () => {
  test.each([
    ['https://a.b/c?utm_source=x&id=7', 'https://a.b/c?id=7'],
    ['[t](https://a.b/c?fbclid=1)', '[t](https://a.b/c)'],
    ['https://a.b/c?id=1&gclid=2#part', 'https://a.b/c?id=1#part'],
    ['Read https://a.b/?utm_campaign=x.', 'Read https://a.b/.'],
    ['https://a.b/?a=1&amp;utm_medium=y&amp;b=2', 'https://a.b/?a=1&amp;b=2'],
  ])('%s loses its tracking', (before, after) => expect(clean(before)).toBe(after));

  test.each([
    'https://a.b/c?id=7&page=2',
    'https://a.b/utm_source=x',
    'utm_source=x',
    'a?b=utm_source',
  ])('%s stays', (text) => expect(clean(text)).toBe(text));
});

describe('characters', () => {
  test.each([
    ['zero-width space', 'a\u200bb', 'ab'],
    ['bidirectional control', 'a\u202eb\u202c', 'ab'],
    ['soft hyphen', 'Donau\u00addampf', 'Donaudampf'],
    ['no-break space', '5\u00a0km', '5 km'],
    ['ligature', 'ofﬁce', 'office'],
    ['mathematical bold of social posts', '𝗕𝗼𝗹𝗱 𝟏𝟐', 'Bold 12'],
    ['full-width letters', 'ＡＢＣ１２３', 'ABC123'],
    ['half-width katakana', 'ｶﾀｶﾅ', 'カタカナ'],
    ['decomposed letter', 'u\u0308ber', 'über'],
    ['stray joiner', 'a\u200db', 'ab'],
  ])('%s is normalised', (_, before, after) => expect(clean(before)).toBe(after));

  test.each([
    ['superscript', '10² m, x³'],
    ['fraction', '½ cup, ¾'],
    ['trade mark', 'Brand™ №5 ℃ ㎏'],
    ['circled and Roman numbers', '① Ⅳ'],
    ['ellipsis', 'and so on…'],
    ['full-width punctuation', '你好，世界！（一）＜ｂ＞'.replace('ｂ', 'b')],
    ['emoji family', '👨‍👩‍👧 ❤️'],
    ['Persian joiner', 'می‌خواهم'],
    ['Devanagari joiner', 'क्‍ष'],
    ['inline code', '`ﬁ` and `ＡＢＣ`'],
    ['code block', '```\nofﬁce ＡＢＣ\u00a0x\n```'],
    ['URL', 'https://a.b/ﬁ'],
  ])('%s keeps its meaning', (_, text) => expect(clean(text)).toBe(text));

  test('what could hide or reorder code is taken out of code, too', () => {
    expect(clean('```\nif (a\u202e) b\u200b\n```')).toBe('```\nif (a) b\n```');
  });
});

describe('blocks', () => {
  test('comments go, but not those in code', () => {
    expect(clean('a <!-- no\n\nno --> b\n\n`<!-- yes -->`')).toBe('a  b\n\n`<!-- yes -->`');
    expect(clean('```html\n<!-- yes -->\n```')).toBe('```html\n<!-- yes -->\n```');
  });

  test('repeated blank lines become one, outside code', () => {
    expect(clean('a\n\n\n \n\nb')).toBe('a\n\nb');
    expect(clean('```\na\n\n\nb\n```')).toBe('```\na\n\n\nb\n```');
  });

  test('what is nested stays nested', () => {
    const list = '- item\n  ```js\n  code\n  ```\n- next\n  - inner';
    expect(clean(list)).toBe(list);
  });

  test('a code block that a cut left open is closed, and one that it began inside is opened', () => {
    expect(clean('text\n\n```ts\nconst a = 1;')).toBe('text\n\n```ts\nconst a = 1;\n```');
    expect(clean('  b();\n```\n\ntext', '```ts')).toBe('```ts\n  b();\n```\n\ntext');
  });

  test.each([
    'Subscribe to our newsletter!',
    'Sign up for our newsletter',
    'Subscribe now',
    'Share',
    'Share on Twitter',
    'Share this post',
    'Facebook | Twitter | LinkedIn',
    'This site uses cookies. Accept',
    'We use cookies to improve your experience. Accept all',
    'Accept all cookies',
    'Skip to content',
    'Back to top',
    '← Previous post | Next post →',
    '- [Home](/)\n- [About](/about)\n- [Contact](/contact)',
    '[Home](/) | [Blog](/blog) | [RSS](/feed)',
  ])('boilerplate goes: %s', (block) => {
    expect(clean(`Before.\n\n${block}\n\nAfter.`)).toBe('Before.\n\nAfter.');
  });

  test.each([
    'Subscribe to the queue before you publish, or the first messages are lost.',
    'Sign up flows fail when the mail server is slow.',
    'Join the two tables on the id.',
    'Share memory by communicating.',
    'Share price fell by 3 % on Twitter rumours.',
    'Twitter was down.',
    'This site uses cookies only for the session, which we chose because tokens leak. Here is why.',
    'Cookies are set with SameSite=Lax.',
    'Accept cookies from the server in curl with -b.',
    'Next, we measured the cache.',
    'Previous work did not measure this.',
    '- [Home automation](/ha)\n- [About time](/time)\n- [Contact sheets](/photo)',
    '- [Install](/install)\n- [Use](/use)\n- [Contact](/contact)',
    'Home',
    '# Subscribe',
  ])('writing stays: %s', (block) => {
    expect(clean(`Before.\n\n${block}\n\nAfter.`)).toBe(`Before.\n\n${block}\n\nAfter.`);
  });

  test('headings, tables and front of lists keep their marks', () => {
    const text = '## Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n1. one\n2. two';
    expect(clean(text)).toBe(text);
  });
});

test('cleaning anything ends, and cleaning it again changes nothing in plain prose', () => {
  fc.assert(
    fc.property(fc.oneof(markdownSoup, fc.string({ unit: 'binary' })), (text) => {
      expect(typeof clean(text)).toBe('string');
    }),
    { numRuns: 500 },
  );
});
