import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sentences } from '../../../../pipelines/feature/chunk/sentences.ts';
import { paragraph } from './markdown.ts';

const split = (text: string, language = 'en') =>
  sentences(text, 0, text.length, language).map(({ start, end }) => text.slice(start, end).trim());

test.each([
  ['two sentences', 'One ends. Two begins.', ['One ends.', 'Two begins.']],
  ['title', 'Ask Dr. Okafor about it. She knows.', ['Ask Dr. Okafor about it.', 'She knows.']],
  ['initials', 'D. E. Knuth wrote it. We read it.', ['D. E. Knuth wrote it.', 'We read it.']],
  ['e.g.', 'Use a queue, e.g. BullMQ. It works.', ['Use a queue, e.g. BullMQ.', 'It works.']],
  [
    'e.g. before a capital',
    'Caches (e.g. Redis) are fast. Ours is.',
    ['Caches (e.g. Redis) are fast.', 'Ours is.'],
  ],
  ['etc. inside', 'Logs, traces, etc. are kept. All.', ['Logs, traces, etc. are kept.', 'All.']],
  ['etc. at the end', 'We keep logs, etc. They help.', ['We keep logs, etc.', 'They help.']],
  ['decimal', 'It took 3.5 s. Then it ended.', ['It took 3.5 s.', 'Then it ended.']],
  ['version', 'Node.js v24.1 runs it. Deno too.', ['Node.js v24.1 runs it.', 'Deno too.']],
  [
    'URL with a query',
    'See https://a.b/c?d=e.f!g for it. Then go.',
    ['See https://a.b/c?d=e.f!g for it.', 'Then go.'],
  ],
  ['URL at the end', 'See https://a.b/c. Then go.', ['See https://a.b/c.', 'Then go.']],
  [
    'link',
    'See [this? page](https://a.b/?x=1). Then go.',
    ['See [this? page](https://a.b/?x=1).', 'Then go.'],
  ],
  [
    'inline code',
    'Call `a? b. C` first. `next` follows.',
    ['Call `a? b. C` first.', '`next` follows.'],
  ],
  [
    'soft line break',
    'One goes on\nover lines. Two\ntoo.',
    ['One goes on\nover lines.', 'Two\ntoo.'],
  ],
  ['question and exclamation', 'Really? Yes! Good.', ['Really?', 'Yes!', 'Good.']],
  ['the pronoun', 'So did I. Then we left.', ['So did I.', 'Then we left.']],
  ['Japanese', '一つ目です。二つ目です。', ['一つ目です。', '二つ目です。']],
])('%s', (_, text, expected) => expect(split(text)).toEqual(expected));

test('German abbreviations', () => {
  expect(split('Das gilt z.B. für Redis. Es hilft bzw. stört.', 'de')).toEqual([
    'Das gilt z.B. für Redis.',
    'Es hilft bzw. stört.',
  ]);
});

test('a language tag that is none is no harm', () => {
  expect(split('One. Two.', 'not_a_tag')).toEqual(['One.', 'Two.']);
});

test('sentences cover the text without gaps', () => {
  fc.assert(
    fc.property(fc.oneof(paragraph, fc.string({ unit: 'binary' })), (text) => {
      const spans = sentences(text, 0, text.length, null);
      let at = 0;
      for (const { start, end } of spans) {
        expect(start).toBe(at);
        at = end;
      }
      expect(at).toBe(text.length);
    }),
  );
});
