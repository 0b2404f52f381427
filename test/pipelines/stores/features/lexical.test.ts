import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryTerms, stem, tokens } from '../../../../pipelines/stores/features/lexical.ts';

const words = (text: string, languages: readonly string[] = []) =>
  queryTerms(text, { languages }).map(({ term }) => term);

describe('tokens', () => {
  it('are runs of letters and digits, folded as FTS5 folds them', () => {
    expect(tokens('Über-Straße: naïve café №42!')).toEqual([
      'uber',
      'straße',
      'naive',
      'cafe',
      '42',
    ]);
    expect(tokens('snake_case kebab-case x.y')).toEqual([
      'snake',
      'case',
      'kebab',
      'case',
      'x',
      'y',
    ]);
  });

  it('keep Indic vowel signs and letters beyond the first plane inside words', () => {
    expect(tokens('हिन्दी में 𝒜𝒷')).toEqual(['हिन्दी', 'में', '𝒜𝒷']);
  });

  it('take any string, and give letters and digits only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const token of tokens(text)) expect(token).toMatch(/^[\p{L}\p{N}\p{M}]+$/u);
      }),
    );
  });
});

describe('query terms', () => {
  it('leave stop words out and keep duplicates', () => {
    expect(
      words('Where is the warehouse, and how do I restore the warehouse from a backup?'),
    ).toEqual(['warehouse', 'restore', 'warehouse', 'backup']);
  });

  it('keep a question that is all stop words', () => {
    expect(words('to be or not to be')).toHaveLength(6);
    expect(words('')).toEqual([]);
  });

  it('use the stop words of the language the question is in, of those the corpus has', () => {
    expect(words('Wo steht die Sicherung der Datenbank?', ['en', 'de'])).not.toContain('die');
    expect(words('why do the old processes die', ['en', 'de'])).toContain('die');
  });

  it('are bounded for a question of any length', () => {
    expect(words('lorem ipsum '.repeat(100_000)).length).toBeLessThan(300);
    expect(words('x'.repeat(1_000_000))).toEqual([]);
  });

  it('stem as Porter does', () => {
    expect(['pruned', 'pruning', 'relational'].map(stem)).toEqual(['prune', 'prune', 'relat']);
  });
});
