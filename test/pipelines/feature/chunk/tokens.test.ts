import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countTokens } from '../../../../pipelines/feature/chunk/tokens.ts';

test.each([
  ['', 0],
  [' \n\t\u00a0', 0],
  ['word', 1],
  ['internationalisation', 3],
  ['two words', 2],
  ['a, b.', 4],
  ['2026', 2],
  ['-----', 2],
  ['漢字かな', 4],
  ['한국어', 3],
  ['привет', 3],
])('%j costs %i', (text, tokens) => expect(countTokens(text)).toBe(tokens));

test('parts never cost less than the whole', () => {
  const parts = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(parts, ([a, b]) => {
      expect(countTokens(a) + countTokens(b)).toBeGreaterThanOrEqual(countTokens(a + b));
    }),
  );
});
